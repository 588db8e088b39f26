/**
 * What is shown where a search finds nothing: what was asked, which condition left nothing, and the way on.
 *
 * @module
 */
import { useQueries } from '@tanstack/react-query';
import type { FoveaClient } from 'fovea/client';
import { useFovea } from '../../api/fovea.tsx';
import { Button } from '../../components/Button.tsx';
import { formatCount } from '../../state/format.ts';
import { texts } from '../../texts.ts';
import { type Condition, conditionsOf } from './condition.ts';
import { facetText } from './facet-text.ts';
import styles from './Nothing.module.css';
import { type SearchParams, tidyParams, withoutValue } from './params.ts';
import { isRanked, requestOfConditions } from './request.ts';

export interface ZeroHitsProps {
  readonly params: SearchParams;
  readonly onSearch: (params: SearchParams) => void;
}

export function ZeroHits({ params, onSearch }: ZeroHitsProps) {
  const { zero } = texts.search;
  const conditions = conditionsOf(params);
  const { q, image, like, region } = params;
  return (
    <section className={styles.nothing}>
      <h1 className={styles.title}>{q === undefined ? zero.title : zero.titleFor(q)}</h1>
      <p className={styles.body}>{conditions.length === 0 ? zero.noWords : zero.body(conditions.length)}</p>
      {conditions.length > 0 && <Conditions params={params} conditions={conditions} onSearch={onSearch} />}
      {conditions.length > 0 && (
        <Button kind="primary" onClick={() => onSearch(tidyParams({ q, image, like, region }))}>
          {isRanked(params) ? zero.nearest : zero.everything}
        </Button>
      )}
    </section>
  );
}

interface ConditionsProps extends ZeroHitsProps {
  readonly conditions: readonly Condition[];
}

function Conditions({ params, conditions, onSearch }: ConditionsProps) {
  const fovea = useFovea();
  const { zero } = texts.search;
  const counts = useQueries({
    queries: conditions.flatMap((condition) => [
      countQuery(fovea, [condition]),
      countQuery(
        fovea,
        conditions.filter((other) => other !== condition),
      ),
    ]),
  });
  const shown = (count: number | undefined): string => (count === undefined ? '' : formatCount(count));
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{zero.condition}</th>
          <th scope="col" className={styles.number}>
            {zero.alone}
          </th>
          <th scope="col" className={styles.number}>
            {zero.others}
          </th>
          <th scope="col">
            <span className="visually-hidden">{texts.actions.remove}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {conditions.map((condition, place) => {
          const alone = counts[2 * place]?.data;
          const text = conditionText(condition);
          return (
            <tr key={`${condition.mode} ${text}`} data-culprit={alone === 0 || undefined}>
              <th scope="row">{text}</th>
              <td>{shown(alone)}</td>
              <td>{shown(counts[2 * place + 1]?.data)}</td>
              <td>
                <Button
                  kind="quiet"
                  aria-label={zero.remove(text)}
                  onClick={() => onSearch(withoutCondition(params, condition))}
                >
                  {texts.actions.remove}
                </Button>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** How many pictures pass some conditions. */
const countQuery = (fovea: FoveaClient, conditions: readonly Condition[]) => {
  const request = conditions.length === 0 ? { where: 'true' } : requestOfConditions(conditions);
  return {
    queryKey: [fovea.namespace, 'search', 'count', request],
    queryFn: async ({ signal }: { readonly signal: AbortSignal }) =>
      (await fovea.search({ ...request, limit: 1, signal })).total,
  };
};

function conditionText({ mode, values, words, sql }: Condition): string {
  const wanted = words !== undefined && mode === 'must' ? texts.search.chips.written(words) : words;
  const text =
    wanted ?? values?.values.map((value) => facetText(values.of, value)).join(texts.search.zero.or) ?? sql ?? '';
  return mode === 'without' ? `${texts.search.chips.without} ${text}` : text;
}

function withoutCondition(params: SearchParams, { mode, values, words }: Condition): SearchParams {
  if (words !== undefined) {
    const list = mode === 'must' ? 'has' : 'not';
    return tidyParams({ ...params, [list]: params[list]?.filter((one) => one !== words) });
  }
  if (values === undefined) return tidyParams({ ...params, where: undefined });
  const name = mode === 'must' ? 'facets' : 'without';
  const left = values.values.reduce((so, value) => withoutValue(so, values.of, value), params[name] ?? {});
  return tidyParams({ ...params, [name]: left });
}
