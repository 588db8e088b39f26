/**
 * An evaluation as one HTML page that needs no network: figures with intervals, plots, and the worst queries with what they were
 * to find and what they found.
 *
 * @module
 */
import type { FoveaClient } from '../client/index.ts';
import { encodeBase64 } from '../contract/index.ts';
import { barChart, curveChart, seriesColor } from './charts.ts';
import { countRanks, rankBuckets, recallCurve } from './curves.ts';
import type { RankBucket } from './curves.ts';
import type { ConfigurationResult, Evaluation, QueryRun } from './evaluate.ts';
import { escapeHtml } from './html.ts';
import type { Interval, Difference } from './intervals.ts';
import { METRICS } from './metrics.ts';
import { REPORT_STYLE } from './report-style.ts';
import type { EvaluationQuery } from './resolve.ts';
import type { Comparison, Summary } from './summary.ts';

/** Queries shown as the worst, and how many of their hits. */
const WORST = 20;
const SHOWN_HITS = 5;
/** Thumbnails fetched at once. */
const AT_ONCE = 4;

/** A picture of the page. */
export interface ReportPicture {
  readonly name: string;
  /** Data URL; empty where there is none. */
  readonly source: string;
}

/** Fetches the pictures that the page shows, and writes it. */
export async function evaluationReport(client: FoveaClient, evaluation: Evaluation): Promise<string> {
  const shown = worstQueries(evaluation).flatMap(({ sought, found }) => [sought, ...found]);
  return reportPage(evaluation, await fetchPictures(client, [...new Set(shown)]));
}

/** The page. @param pictures By content id. */
export function reportPage(evaluation: Evaluation, pictures: ReadonlyMap<string, ReportPicture>): string {
  const { namespace, contents, queries, configurations, comparisons, limit, measuredAt } = evaluation;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Evaluation of ${escapeHtml(namespace)} · Fovea</title>
<style>${REPORT_STYLE}</style>
<h1>How good searches are</h1>
<p class="quiet">${number(queries.length)} queries on ${number(contents)} contents of “${escapeHtml(namespace)}”, the first ${number(limit)} hits of each, ${escapeHtml(measuredAt.slice(0, 16).replace('T', ' '))} UTC</p>
${legend(configurations)}
<div class="plots">
<figure><figcaption>Recall by depth</figcaption>${recallPlot(evaluation)}</figure>
<figure><figcaption>Rank of the first relevant picture</figcaption>${rankPlot(evaluation)}</figure>
</div>
<h2>Figures</h2>
${figuresTable(configurations, limit)}
${comparisons.length === 0 ? '' : `<h2>Differences</h2>\n${differencesTable(comparisons)}`}
<h2>Worst queries${configurations.length > 1 ? ` of “${escapeHtml(best(configurations).name)}”` : ''}</h2>
${worstList(evaluation, pictures)}
<h2>What the figures mean</h2>
<p class="quiet">recall@k: share of the relevant pictures among the first k hits. nDCG@10: the same with graded relevance and more weight on the first
ranks, 100 % is the best possible order. MRR: mean of 1 / rank of the first relevant picture. Brackets hold 95 % bootstrap intervals
(seed ${evaluation.seed}); queries for the same pictures are drawn together. p: how likely so large a difference is by chance alone
(sign flips, two-sided). Of many comparisons some look significant by chance.</p>
</html>
`;
}

function legend(configurations: readonly ConfigurationResult[]): string {
  const items = configurations.map(
    ({ name }, index) => `<li><i style="background: ${seriesColor(index)}"></i>${escapeHtml(name)}</li>`,
  );
  return `<ul class="legend">${items.join('')}</ul>`;
}

function recallPlot({ queries, configurations, limit }: Evaluation): string {
  const series = configurations.map(({ name, runs }) => ({
    name,
    values: recallCurve(
      runs.map(({ ranking }, index) => ({
        ranking,
        relevance: queries[index]?.relevance ?? new Map<string, number>(),
      })),
      limit,
    ),
  }));
  return curveChart(series, 'k: hits looked at');
}

function rankPlot({ queries, configurations, limit }: Evaluation): string {
  const buckets = rankBuckets(limit);
  const series = configurations.map(({ name, runs }) => ({
    name,
    values: countRanks(
      runs.map(({ rank }) => rank),
      buckets,
    ).map((count) => count / queries.length),
  }));
  return barChart(series, buckets.map(bucketName), 'rank; share of the queries');
}

function bucketName({ first, last }: RankBucket): string {
  if (last === null) return 'none';
  return first === last ? String(first) : `${first}–${last}`;
}

function figuresTable(configurations: readonly ConfigurationResult[], limit: number): string {
  const several = configurations.some(({ languages }) => Object.keys(languages).length > 1);
  const rows = configurations.flatMap(({ name, summary, languages }, index) => [
    figuresRow(
      `<i style="background: ${seriesColor(index)}"></i>${escapeHtml(name)}`,
      several ? 'all' : Object.keys(languages).join(''),
      summary,
      limit,
    ),
    ...(several
      ? Object.entries(languages).map(([language, part]) => figuresRow('', language, part, limit, ' class="part"'))
      : []),
  ]);
  const heads = [...METRICS.map((metric) => `${metric} %`), 'median rank', 'p50 ms', 'p95 ms'];
  return `<div class="wide"><table><thead><tr><th>configuration<th>language${heads.map((head) => `<th class="number">${head}`).join('')}<tbody>
${rows.join('\n')}
</table></div>`;
}

function figuresRow(name: string, language: string, summary: Summary, limit: number, attributes = ''): string {
  const { metrics, medianRank, latencyMs, failed } = summary;
  const failures = failed === 0 ? '' : ` <small>${number(failed)} failed</small>`;
  const cells = [
    ...METRICS.map((metric) => intervalCell(metrics[metric])),
    medianRank === null ? `&gt; ${limit}` : String(medianRank),
    latencyMs.p50.toFixed(1),
    latencyMs.p95.toFixed(1),
  ];
  return `<tr${attributes}><td>${name}${failures}<td>${escapeHtml(language)}${cells.map((cell) => `<td class="number">${cell}`).join('')}`;
}

function differencesTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(({ name, than, metrics }) => {
    const cells = METRICS.map((metric) => `<td class="number">${differenceCell(metrics[metric])}`);
    return `<tr><td>${escapeHtml(name)} − ${escapeHtml(than)}${cells.join('')}`;
  });
  return `<div class="wide"><table><thead><tr><th>difference${METRICS.map((metric) => `<th class="number">${metric} %`).join('')}<tbody>
${rows.join('\n')}
</table></div>`;
}

function intervalCell({ mean, low, high }: Interval): string {
  return `${percent(mean)}<small>[${percent(low)}, ${percent(high)}]</small>`;
}

/** Bold where the interval leaves 0 out. */
function differenceCell(difference: Difference): string {
  const { mean, low, high, p } = difference;
  const value = `${mean > 0 ? '+' : ''}${percent(mean)}`;
  return `${low > 0 || high < 0 ? `<b>${value}</b>` : value}<small>[${percent(low)}, ${percent(high)}]</small><small>p ${p < 0.001 ? '&lt; 0.001' : p.toFixed(3)}</small>`;
}

interface WorstQuery {
  readonly query: EvaluationQuery;
  readonly index: number;
  readonly run: QueryRun;
  /** A relevant picture, of the highest grade. */
  readonly sought: string;
  /** The first hits. */
  readonly found: readonly string[];
}

/** The configuration whose figures are best by MRR. */
function best(configurations: readonly ConfigurationResult[]): ConfigurationResult {
  return configurations.reduce((before, each) =>
    each.summary.metrics.MRR.mean > before.summary.metrics.MRR.mean ? each : before,
  );
}

/** Queries that found nothing relevant, then those that found it furthest back; one for each sought picture. */
function worstQueries({ queries, configurations }: Evaluation): WorstQuery[] {
  const { runs } = best(configurations);
  const badness = ({ rank }: QueryRun): number => rank ?? Number.MAX_SAFE_INTEGER;
  const all = queries.flatMap((query, index): WorstQuery[] => {
    const run = runs[index];
    const [sought] = [...query.relevance].toSorted(([, a], [, b]) => b - a);
    if (run === undefined || sought === undefined || run.rank === 1) return [];
    return [{ query, index, run, sought: sought[0], found: run.ranking.slice(0, SHOWN_HITS) }];
  });
  const seen = new Set<string>();
  return all
    .toSorted((a, b) => badness(b.run) - badness(a.run))
    .filter(({ sought }) => !seen.has(sought) && seen.add(sought))
    .slice(0, WORST);
}

function worstList(evaluation: Evaluation, pictures: ReadonlyMap<string, ReportPicture>): string {
  const worst = worstQueries(evaluation);
  if (worst.length === 0) return '<p>Every query found a relevant picture first.</p>';
  return worst.map((each) => worstItem(each, evaluation, pictures)).join('\n');
}

function worstItem(
  { query, index, run, sought, found }: WorstQuery,
  { configurations, limit }: Evaluation,
  pictures: ReadonlyMap<string, ReportPicture>,
): string {
  const ranks = configurations.map(({ name, runs }) => {
    const rank = runs[index]?.rank ?? null;
    return `<li>${configurations.length > 1 ? `${escapeHtml(name)}: ` : 'rank '}${rank === null ? `&gt; ${limit}` : rank}</li>`;
  });
  const hits = found.map((contentId, place) => tile(String(place + 1), contentId, query, pictures));
  const language = query.language === null ? '' : ` lang="${escapeHtml(query.language)}"`;
  return `<section>
<h3 dir="auto"${language}>${escapeHtml(query.text)}</h3>
<ul class="ranks">${ranks.join('')}</ul>
<div class="tiles">${tile('sought', sought, query, pictures)}<span class="rule"></span>${run.error === undefined ? hits.join('') : `<p>${escapeHtml(run.error)}</p>`}</div>
</section>`;
}

function tile(
  caption: string,
  contentId: string,
  { relevance }: EvaluationQuery,
  pictures: ReadonlyMap<string, ReportPicture>,
): string {
  const { name = contentId, source = '' } = pictures.get(contentId) ?? {};
  const right = (relevance.get(contentId) ?? 0) > 0 ? ' class="right"' : '';
  const picture = source === '' ? '<span class="lost"></span>' : `<img src="${source}" alt="">`;
  return `<figure${right} title="${escapeHtml(name)}">${picture}<figcaption>${caption} · ${escapeHtml(name)}</figcaption></figure>`;
}

async function fetchPictures(client: FoveaClient, contentIds: readonly string[]): Promise<Map<string, ReportPicture>> {
  const pictures = new Map<string, ReportPicture>();
  if (contentIds.length === 0) return pictures;
  const { rows } = await client.sql(
    'select content_id, name from content where content_id::text in (select jsonb_array_elements_text($1::jsonb))',
    [JSON.stringify(contentIds)],
  );
  const names = new Map(rows.map(({ content_id: contentId, name }) => [String(contentId), String(name)]));
  const waiting = [...contentIds];
  const fetchAll = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
      pictures.set(next, { name: names.get(next) ?? next, source: await thumbnailOf(client, next) });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, fetchAll));
  return pictures;
}

/** Empty where there is none, so that one lost file does not lose the page. */
async function thumbnailOf(client: FoveaClient, contentId: string): Promise<string> {
  try {
    const file = await client.thumbnail(contentId, { side: 160 });
    return `data:${file.mimeType};base64,${encodeBase64(await file.bytes())}`;
  } catch {
    return '';
  }
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
