/**
 * An evaluation for other programs: JSON of its figures, CSV of each query, TREC runs of each ranking.
 *
 * @module
 */
import type { ConfigurationResult, Evaluation } from './evaluate.ts';
import { METRICS } from './metrics.ts';
import { trecQrels, trecRun } from './trec.ts';

/** All but the single queries. */
export interface EvaluationFigures extends Omit<Evaluation, 'queries' | 'configurations'> {
  readonly queries: number;
  readonly configurations: readonly Omit<ConfigurationResult, 'runs'>[];
}

export function figuresOf({ queries, configurations, ...rest }: Evaluation): EvaluationFigures {
  return {
    ...rest,
    queries: queries.length,
    configurations: configurations.map(({ runs: _runs, ...figures }) => figures),
  };
}

const COLUMNS = ['query', 'language', 'configuration', 'rank', ...METRICS, 'latencyMs', 'text', 'error'] as const;

/** A line for each query and configuration, under a header; RFC 4180. */
export function evaluationCsv({ queries, configurations }: Evaluation): string {
  const rows = queries.flatMap(({ id, language, text }, index) =>
    configurations.flatMap(({ name, runs }) =>
      runs
        .slice(index, index + 1)
        .map(({ rank, values, latencyMs, error }) => [
          id,
          language,
          name,
          rank,
          ...METRICS.map((metric) => values[metric]),
          Math.round(latencyMs * 100) / 100,
          text,
          error ?? null,
        ]),
    ),
  );
  return [COLUMNS, ...rows].map((row) => `${row.map(csvField).join(',')}\r\n`).join('');
}

/** A file of an evaluation: its name and text. */
export interface NamedFile {
  readonly name: string;
  readonly text: string;
}

/** A run for each configuration, and the judgements by content id: what `trec_eval qrels.txt hybrid.run` takes. */
export function trecFiles({ queries, configurations }: Evaluation): NamedFile[] {
  return [
    { name: 'qrels.txt', text: trecQrels(queries) },
    ...configurations.map(({ name, runs }) => ({
      name: `${name.replaceAll(/[^\p{L}\p{N}.=-]+/gu, '_')}.run`,
      text: trecRun(
        name,
        queries.map(({ id }, index) => ({ id, ranking: runs[index]?.ranking ?? [] })),
      ),
    })),
  ];
}

function csvField(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
