/**
 * What was understood of the search, under the box: a click on a chip turns it from must to prefer to without, x takes it
 * away.
 *
 * @module
 */
import { X } from 'lucide-react';
import { texts } from '../../texts.ts';
import { type Chip, chipsOf, type KnownObjects, nextMode, removeChip, turnChip } from './chips.ts';
import styles from './Chips.module.css';
import { facetText } from './facet-text.ts';
import type { SearchParams } from './params.ts';

export interface ChipsProps {
  readonly params: SearchParams;
  readonly objects: readonly KnownObjects[];
  readonly onSearch: (params: SearchParams) => void;
  /** A condition in SQL is no chip that turns: it is edited. */
  readonly onEditFilter: () => void;
}

export function Chips({ params, objects, onSearch, onEditFilter }: ChipsProps) {
  const chips = chipsOf(params);
  if (chips.length === 0) return null;
  return (
    <ul className={styles.chips} aria-label={texts.search.chips.label}>
      {chips.map((chip) => {
        const text = chipText(chip);
        const next = nextMode(chip, objects);
        const says = `${texts.search.chips[chip.mode]} ${text}`;
        return (
          <li key={`${chip.kind} ${chip.mode} ${text}`} className={styles.chip} data-mode={chip.mode}>
            <button
              type="button"
              className={styles.turn}
              title={chip.kind === 'where' ? undefined : texts.search.chips.hint(next)}
              onClick={() => (chip.kind === 'where' ? onEditFilter() : onSearch(turnChip(params, chip, objects)))}
            >
              <span className={styles.mode}>{texts.search.chips[chip.mode]}</span>{' '}
              <span className={styles.text}>{text}</span>
              <span className="visually-hidden">
                {chip.kind === 'where' ? texts.search.chips.edit : texts.search.chips.turn(next)}
              </span>
            </button>
            <button
              type="button"
              className={styles.remove}
              aria-label={texts.search.chips.remove(says)}
              onClick={() => onSearch(removeChip(params, chip))}
            >
              <X aria-hidden="true" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function chipText(chip: Chip): string {
  switch (chip.kind) {
    case 'words':
      return chip.mode === 'must' ? texts.search.chips.written(chip.words) : chip.words;
    case 'where':
      return chip.sql;
    case 'value':
      return facetText(chip.of, chip.value);
  }
}
