/**
 * An evaluation as tables of a terminal: figures with intervals, by language, and who is better.
 *
 * @module
 */
import type { Comparison, Evaluation, Interval, Metric, Summary } from '../evaluate/index.ts';
import { METRICS } from '../evaluate/index.ts';
import { table, thousands } from './output.ts';

/** Texts to print one after the other. */
export function evaluationTables({
  queries,
  configurations,
  comparisons,
  limit,
  namespace,
  contents,
}: Evaluation): string[] {
  const languages = [...new Set(configurations.flatMap((each) => Object.keys(each.languages)))];
  const figures = configurations.flatMap(({ name, summary, languages: parts }) => [
    row(name, languages.length > 1 ? 'all' : (languages[0] ?? ''), summary, limit),
    ...(languages.length > 1 ? Object.entries(parts).map(([language, part]) => row('', language, part, limit)) : []),
  ]);
  const header = [
    'configuration',
    'language',
    ...METRICS.map((metric) => `${metric} %`),
    'median rank',
    'p50 ms',
    'p95 ms',
  ];
  const failed = configurations.filter(({ summary }) => summary.failed > 0);
  return [
    `${thousands(queries.length)} ${queries.length === 1 ? 'query' : 'queries'} on ${thousands(contents)} contents of "${namespace}"; in brackets 95 % intervals\n`,
    table(header, figures),
    ...failed.map(
      ({ name, summary }) =>
        `\n${thousands(summary.failed)} searches of "${name}" failed; they count as having found nothing`,
    ),
    ...(comparisons.length === 0
      ? []
      : [`\n${table(['difference', ...METRICS.map((metric) => `${metric} %`)], comparisons.map(difference))}`]),
  ];
}

function row(name: string, language: string, { metrics, medianRank, latencyMs }: Summary, limit: number): string[] {
  return [
    name,
    language,
    ...METRICS.map((metric) => withInterval(metrics[metric])),
    medianRank === null ? `> ${limit}` : String(medianRank),
    latencyMs.p50.toFixed(1),
    latencyMs.p95.toFixed(1),
  ];
}

function difference({ name, than, metrics }: Comparison): string[] {
  const cell = (metric: Metric): string => `${withInterval(metrics[metric], true)} p ${metrics[metric].p.toFixed(4)}`;
  return [`${name} − ${than}`, ...METRICS.map(cell)];
}

function withInterval({ mean, low, high }: Interval, signed = false): string {
  const percent = (value: number): string => `${signed && value > 0 ? '+' : ''}${(100 * value).toFixed(1)}`;
  return `${percent(mean)} [${percent(low)}, ${percent(high)}]`;
}
