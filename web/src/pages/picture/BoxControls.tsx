/**
 * Which boxes are drawn: all or none, by class, and from which score on.
 *
 * @module
 */
import { Scan } from 'lucide-react';
import { Button } from '../../components/Button.tsx';
import { formatCount, formatScore } from '../../state/format.ts';
import { texts } from '../../texts.ts';
import { type Box, classesOf } from './boxes.ts';
import styles from './BoxControls.module.css';
import type { BoxView } from './use-box-view.ts';

const { boxes: words, keys } = texts.picture;

export interface BoxControlsProps {
  readonly boxes: readonly Box[];
  /** How many of them are drawn. */
  readonly drawn: number;
  readonly view: BoxView;
}

export function BoxControls({ boxes, drawn, view }: BoxControlsProps) {
  const hasScores = boxes.some(({ score }) => score !== null);
  return (
    <div className={styles.controls} role="group" aria-label={words.label}>
      <Button
        kind="quiet"
        className={styles.toggle ?? ''}
        aria-pressed={view.shown}
        title={`${words.toggle} (${keys.boxes})`}
        onClick={view.toggle}
      >
        <Scan aria-hidden="true" />
        {words.toggle}
      </Button>
      {view.shown && (
        <>
          <ul className={styles.classes} aria-label={words.classes}>
            {classesOf(boxes).map(({ label, count }) => (
              <li key={label}>
                <button
                  type="button"
                  className={styles.chip}
                  aria-pressed={!view.hidden.has(label)}
                  onClick={() => view.toggleClass(label)}
                >
                  <span>{label}</span>
                  <span className={styles.count}>{formatCount(count)}</span>
                </button>
              </li>
            ))}
          </ul>
          {hasScores && <Threshold view={view} />}
        </>
      )}
      <span className="visually-hidden" role="status">
        {view.shown ? words.shown(drawn, boxes.length) : ''}
      </span>
    </div>
  );
}

function Threshold({ view }: { readonly view: BoxView }) {
  return (
    <label className={styles.threshold}>
      <span>{words.minScore}</span>
      <input
        type="range"
        aria-label={words.minScore}
        min={0}
        max={1}
        step={0.01}
        value={view.minScore}
        onChange={({ target }) => view.setMinScore(target.valueAsNumber)}
      />
      <output>{formatScore(view.minScore)}</output>
    </label>
  );
}
