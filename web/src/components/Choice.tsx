/**
 * One of a few values, from the system's own menu.
 *
 * @module
 */
import type { ReactNode } from 'react';
import styles from './Choice.module.css';

export interface ChoiceProps<T extends string> {
  /** Names it for those who don't see it. */
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly text: string }[];
  readonly onChange: (value: T) => void;
  /** Shown in front of the value; with `iconOnly` instead of it. */
  readonly icon?: ReactNode;
  readonly iconOnly?: boolean;
}

export function Choice<T extends string>({ label, value, options, onChange, icon, iconOnly = false }: ChoiceProps<T>) {
  return (
    <span className={styles.choice} data-icon-only={iconOnly || undefined} title={label}>
      {icon}
      <select
        aria-label={label}
        value={value}
        onChange={({ target }) => {
          const chosen = options.find((option) => option.value === target.value);
          if (chosen !== undefined) onChange(chosen.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </span>
  );
}
