/**
 * What the pictures can be narrowed by, each value with how many pictures have it and a bar.
 *
 * @module
 */
import { useState } from 'react';
import { formatCount } from '../../state/format.ts';
import { texts } from '../../texts.ts';
import type { FacetColumn } from './facet-columns.ts';
import styles from './FacetPanel.module.css';
import { type FacetValue, type SearchParams, tidyParams, withoutValue, withValue } from './params.ts';
import type { CountedFacet } from './use-facets.ts';

/** Values of a facet that are shown before all are wanted. */
const SHOWN = 8;

export interface FacetPanelProps {
  readonly params: SearchParams;
  readonly facets: readonly CountedFacet[];
  readonly onSearch: (params: SearchParams) => void;
}

export function FacetPanel({ params, facets, onSearch }: FacetPanelProps) {
  const toggle = (of: string, value: FacetValue, isChosen: boolean): void => {
    const chosen = isChosen ? withoutValue(params.facets, of, value) : withValue(params.facets, of, value);
    onSearch(tidyParams({ ...params, facets: chosen, without: withoutValue(params.without, of, value) }));
  };
  return (
    <div className={styles.panel}>
      {facets
        .filter(({ column, values }) => values.length > 0 || params.facets?.[column.of] !== undefined)
        .map((facet) => (
          <FacetGroup
            key={facet.column.of}
            facet={facet}
            chosen={params.facets?.[facet.column.of] ?? []}
            onToggle={toggle}
          />
        ))}
    </div>
  );
}

interface FacetGroupProps {
  readonly facet: CountedFacet;
  readonly chosen: readonly FacetValue[];
  readonly onToggle: (of: string, value: FacetValue, isChosen: boolean) => void;
}

function FacetGroup({ facet: { column, values, distinct }, chosen, onToggle }: FacetGroupProps) {
  const [isWhole, setWhole] = useState(false);
  const most = Math.max(1, ...values.map(({ contents }) => contents));
  // What was chosen stays to be seen, even if nothing has it any more.
  const gone = chosen.filter((value) => !values.some((one) => one.value === value));
  const all = [...gone.map((value) => ({ value, contents: 0 })), ...values];
  const shown = isWhole ? all : all.filter(({ value }, place) => place < SHOWN || chosen.includes(value));
  return (
    <fieldset className={styles.facet}>
      <legend className={styles.title}>{titleOf(column)}</legend>
      <ul>
        {shown.map(({ value, contents }) => (
          <li key={`${typeof value} ${value}`}>
            <button
              type="button"
              className={styles.value}
              aria-pressed={chosen.includes(value)}
              title={String(value)}
              onClick={() => onToggle(column.of, value, chosen.includes(value))}
            >
              {column.kind === 'color' && (
                <span className={styles.swatch} style={{ backgroundColor: String(value) }} aria-hidden="true" />
              )}
              <span className={styles.name}>{value === '' ? texts.search.facets.empty : String(value)}</span>{' '}
              <span className={styles.count}>
                {formatCount(contents)}
                <span className="visually-hidden"> {texts.search.facets.unit(contents)}</span>
              </span>
              <span className={styles.bar} style={{ transform: `scaleX(${contents / most})` }} />
            </button>
          </li>
        ))}
      </ul>
      {all.length > SHOWN && (
        <button type="button" className={styles.more} aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? texts.search.facets.fewer : texts.search.facets.more(distinct - SHOWN)}
        </button>
      )}
      {isWhole && distinct > values.length && (
        <p className={styles.title}>{texts.search.facets.beyond(distinct - values.length)}</p>
      )}
    </fieldset>
  );
}

function titleOf({ kind, name }: FacetColumn): string {
  const { titles } = texts.search.facets;
  if (kind === 'label') return name ?? '';
  return name === undefined ? titles[kind] : `${titles[kind]} (${name})`;
}
