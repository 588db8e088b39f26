/**
 * Buttons: `primary` for the one thing that a view is for, `plain` for the rest, `quiet` without a border.
 *
 * @module
 */
import type { ButtonHTMLAttributes } from 'react';
import styles from './Button.module.css';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  /** Square, for an icon; needs `aria-label`. */
  readonly square?: boolean;
}

export function Button({ kind = 'plain', square = false, className, type = 'button', ...rest }: ButtonProps) {
  const classes = [styles.button, styles[kind], square ? styles.square : '', className ?? ''];
  return <button type={type} className={classes.filter(Boolean).join(' ')} {...rest} />;
}
