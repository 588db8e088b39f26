/**
 * Values of the library that complete what is typed after `object:`, `year:` and the like.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { formatCount } from '../../state/format.ts';
import { texts } from '../../texts.ts';
import type { FacetColumn } from './facet-columns.ts';
import type { FacetValue } from './params.ts';
import styles from './SearchBox.module.css';
import { unfinished } from './typed.ts';
import { valuesQuery } from './use-facets.ts';

const SHOWN = 8;

interface Choice {
  readonly value: FacetValue;
  readonly contents: number;
}

export interface CompletionsProps {
  readonly choices: readonly Choice[];
  /** Place of the one that Enter takes. */
  readonly active: number;
  readonly choose: (value: FacetValue) => void;
}

export interface CompletionState extends CompletionsProps {
  readonly isOpen: boolean;
  readonly close: () => void;
  /** @returns Whether the key was for the list. */
  readonly onKeyDown: (event: KeyboardEvent) => boolean;
}

export function useCompletions(
  text: string,
  columns: readonly FacetColumn[],
  choose: (value: FacetValue) => void,
): CompletionState {
  const open = unfinished(text, columns);
  const [closedAt, setClosedAt] = useState('');
  const [active, setActive] = useState({ of: '', place: 0 });
  const choices = useChoices(open);
  const place = active.of === text ? Math.min(active.place, choices.length - 1) : 0;
  const isOpen = choices.length > 0 && closedAt !== text;
  const close = (): void => setClosedAt(text);
  function onKeyDown(event: KeyboardEvent): boolean {
    if (!isOpen) return false;
    const chosen = choices[place];
    if (event.key === 'Escape') close();
    else if (event.key === 'ArrowDown') setActive({ of: text, place: (place + 1) % choices.length });
    else if (event.key === 'ArrowUp') setActive({ of: text, place: (place + choices.length - 1) % choices.length });
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) choose(chosen.value);
    else return false;
    event.preventDefault();
    return true;
  }
  return { isOpen, choices, active: place, choose, close, onKeyDown };
}

function useChoices(open: ReturnType<typeof unfinished>): readonly Choice[] {
  const fovea = useFovea();
  const column = open?.column ?? NO_COLUMN;
  const { data } = useQuery({ ...valuesQuery(fovea, column), enabled: open !== undefined });
  if (open === undefined) return [];
  const start = open.start.toLowerCase();
  const values = data?.find(({ of }) => of === column.of)?.values ?? [];
  return values.filter(({ value }) => String(value).toLowerCase().startsWith(start)).slice(0, SHOWN);
}

const NO_COLUMN: FacetColumn = { kind: 'year', of: 'year', name: undefined, isMany: false };

export function Completions({ id, choices, active, choose }: CompletionsProps & { readonly id: string }) {
  return (
    <ul id={id} role="listbox" aria-label={texts.search.completions} className={styles.completions}>
      {choices.map(({ value, contents }, place) => (
        <li
          key={`${typeof value} ${value}`}
          id={`${id}-${place}`}
          role="option"
          aria-selected={place === active}
          // Keeps the cursor in the box.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => choose(value)}
        >
          <span>{String(value)}</span>
          <span>{formatCount(contents)}</span>
        </li>
      ))}
    </ul>
  );
}
