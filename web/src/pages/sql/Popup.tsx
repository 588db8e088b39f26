/**
 * A button that opens a small window below itself. The browser closes it on Escape and on clicks elsewhere, and gives the
 * focus back.
 *
 * @module
 */
import { type ReactNode, useId, useRef } from 'react';
import { Button } from '../../components/Button.tsx';
import styles from './Popup.module.css';

/** CSS pixels between the button, the window and the edge of the page. */
const GAP = 4;
const EDGE = 8;

export interface PopupProps {
  readonly label: string;
  readonly icon: ReactNode;
  /** Edge of the button that the window keeps to. */
  readonly align?: 'start' | 'end';
  readonly children: (close: () => void) => ReactNode;
}

export function Popup({ label, icon, align = 'start', children }: PopupProps) {
  const id = useId();
  const trigger = useRef<HTMLSpanElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const place = (): void => {
    if (trigger.current === null || popup.current === null) return;
    const { left, right, bottom } = trigger.current.getBoundingClientRect();
    const { style } = popup.current;
    style.top = `${bottom + GAP}px`;
    style.maxHeight = `${Math.max(160, window.innerHeight - bottom - GAP - EDGE)}px`;
    style.left = align === 'start' ? `${Math.max(EDGE, left)}px` : 'auto';
    style.right = align === 'end' ? `${Math.max(EDGE, document.documentElement.clientWidth - right)}px` : 'auto';
  };
  return (
    <>
      <span ref={trigger} className={styles.trigger}>
        <Button popoverTarget={id} title={label}>
          {icon}
          <span className={styles.label}>{label}</span>
        </Button>
      </span>
      <div
        ref={popup}
        id={id}
        popover="auto"
        className={styles.popup}
        onBeforeToggle={place}
        aria-label={label}
        role="group"
      >
        {children(() => popup.current?.hidePopover())}
      </div>
    </>
  );
}
