/**
 * The frame of a part that is being chosen. With the focus it is moved by the arrow keys, resized with Shift, searched by
 * Enter and put away by Escape.
 *
 * @module
 */
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { texts } from '../../texts.ts';
import { nudgeRegion, type Region, type Size } from './region.ts';
import styles from './Stage.module.css';

export interface RegionFrameProps {
  readonly region: Region;
  /** Pixels of the upright original. */
  readonly size: Size;
  /** Absent while a pointer draws it. */
  readonly keys?: {
    readonly onChange: (region: Region) => void;
    readonly onSearch: () => void;
    readonly onCancel: () => void;
  };
}

export function RegionFrame({ region, size, keys }: RegionFrameProps) {
  const frame = useRef<HTMLDivElement>(null);
  const takesKeys = keys !== undefined;
  useEffect(() => {
    if (takesKeys) frame.current?.focus({ preventScroll: true });
  }, [takesKeys]);
  const [x1, y1, x2, y2] = region;
  const place = {
    left: `${(x1 / size.width) * 100}%`,
    top: `${(y1 / size.height) * 100}%`,
    width: `${((x2 - x1) / size.width) * 100}%`,
    height: `${((y2 - y1) / size.height) * 100}%`,
  };
  if (keys === undefined) return <div className={styles.region} style={place} aria-hidden="true" />;
  const press = (event: KeyboardEvent): void => {
    if (event.key.startsWith('Arrow')) keys.onChange(nudgeRegion(region, event.key, event.shiftKey, size));
    else if (event.key === 'Enter') keys.onSearch();
    else if (event.key === 'Escape') keys.onCancel();
    else return;
    event.preventDefault();
  };
  const { region: words } = texts.picture;
  return (
    <div
      ref={frame}
      className={styles.region}
      style={place}
      role="application"
      aria-label={`${words.name}: ${words.value(x1, y1, x2, y2)}`}
      tabIndex={0}
      data-own-arrows
      onKeyDown={press}
    />
  );
}
