/**
 * Loads a data set: group by group, some rows at a time, so that memory stays flat; contents first, then what the rows say of
 * them. Each group that is stored is noted, so that a load that was broken off goes on behind it.
 *
 * @module
 */
import type { GivenSpace, LoadProgress } from '../../contract/index.ts';
import { InvalidInputError } from '../../contract/index.ts';
import type { Dataset, DatasetRow } from '../../sources/index.ts';
import type { FileProblem, PolicyRecord } from '../../store/index.ts';
import { clearProblems, givenRows, recordProblems } from '../../store/index.ts';
import type { GivenRequest, GivenRow, PolicyPlace } from '../given-features.ts';
import { boxRows, captionRows, datasetPolicies, ROW_COLUMN, rowLabels, vectorRows } from './plan.ts';
import type { DatasetPlan } from './plan.ts';
import { rowContents } from './row-contents.ts';
import type { RowDependencies, RowOutcome } from './row-contents.ts';

/** Rows in memory at a time, with their pictures. */
const BATCH = 64;
/** Reasons kept in the reply; the count goes on. */
const MAX_PROBLEMS = 1000;

export interface LoadDependencies extends RowDependencies {
  /** Makes the graph, or adds what it lacks; returns the policies in use. */
  readonly makePolicies: (policies: ReturnType<typeof datasetPolicies>) => Promise<readonly PolicyRecord[]>;
  readonly put: (place: PolicyPlace, request: GivenRequest) => Promise<unknown>;
  readonly onStored: (contentIds: readonly string[]) => void;
}

export interface LoadOptions {
  readonly namespace: string;
  readonly source: string;
  readonly plan: DatasetPlan;
  readonly labels: Readonly<Record<string, string | number | boolean>>;
  readonly space: GivenSpace | undefined;
  readonly normalize: boolean;
  readonly limit: number | undefined;
  /** Groups that are stored already, with their rows. */
  readonly done: ReadonlyMap<string, number>;
  /** Told after each group. */
  readonly onGroup: (done: ReadonlyMap<string, number>) => Promise<void>;
}

type Totals = { -readonly [Key in keyof LoadProgress]: LoadProgress[Key] };

/** Running totals; the last has `finished: true`. Stops where the consumer does. */
export async function* loadDataset(
  dependencies: LoadDependencies,
  dataset: Dataset,
  options: LoadOptions,
): AsyncGenerator<LoadProgress> {
  const { limit = Infinity, plan, onGroup } = options;
  const done = new Map(options.done);
  const totals = emptyTotals(plan, Math.min(dataset.rows ?? Infinity, limit));
  const load: Load = { dependencies, options, totals, policies: undefined };
  yield snapshot(totals);
  for await (const group of dataset.groups()) {
    if (totals.seen >= limit) break;
    const stored = done.get(group.key);
    if (stored !== undefined) {
      totals.seen += stored;
      totals.skipped += stored;
      yield snapshot(totals);
      continue;
    }
    let batch: DatasetRow[] = [];
    let isWhole = true;
    for await (const row of group.read()) {
      if (totals.seen + batch.length >= limit) {
        isWhole = false;
        break;
      }
      batch.push(row);
      if (batch.length < BATCH) continue;
      await loadBatch(load, batch);
      batch = [];
      yield snapshot(totals);
    }
    if (batch.length > 0) await loadBatch(load, batch);
    if (isWhole) await onGroup(done.set(group.key, group.rows));
    yield snapshot(totals);
  }
  totals.finished = true;
  yield snapshot(totals);
}

interface Load {
  readonly dependencies: LoadDependencies;
  readonly options: LoadOptions;
  readonly totals: Totals;
  /** Made with the first batch: it takes a row to know how long vectors are. */
  policies: readonly PolicyRecord[] | undefined;
}

async function loadBatch(load: Load, rows: readonly DatasetRow[]): Promise<void> {
  const { dependencies, options, totals } = load;
  const { plan, namespace, labels } = options;
  const planned = rows.map((row) => ({
    row,
    labels: { ...labels, ...rowLabels(plan, row) },
    fallbackName: `${plan.graph}-${String(row.row).padStart(6, '0')}`,
    match: plan.match === undefined ? undefined : row.values[plan.match],
  }));
  const outcomes = await rowContents(dependencies, namespace, planned, plan.match !== undefined);
  load.policies ??= await makePolicies(load, rows);
  const failures = await writeRows(load, rows, outcomes);
  const added = outcomes.flatMap((outcome) => (outcome.kind === 'added' ? [outcome.contentId] : []));
  if (added.length > 0) dependencies.onStored(added);
  await count(
    load,
    rows,
    outcomes.map((outcome, place) => failures.get(place) ?? outcome),
  );
  totals.seen += rows.length;
}

async function makePolicies(
  { dependencies, options }: Load,
  rows: readonly DatasetRow[],
): Promise<readonly PolicyRecord[]> {
  const { plan, space } = options;
  const dimensions = new Map(
    [...plan.vectors.keys()].flatMap((column) => {
      const vector = rows.map(({ vectors }) => vectors?.[column]).find((each) => each !== undefined);
      return vector === undefined ? [] : [[column, vector.length] as const];
    }),
  );
  const missing = [...plan.vectors.keys()].find((column) => !dimensions.has(column));
  if (missing !== undefined)
    throw new InvalidInputError(`Cannot load vectors of column "${missing}": its first ${rows.length} rows have none`);
  const wanted = datasetPolicies(plan, dimensions, space);
  if (wanted.length === 0) return [];
  return dependencies.makePolicies(wanted);
}

/** Writes what the rows say of their contents. @returns Why a row's could not be written, by its place. */
async function writeRows(
  load: Load,
  rows: readonly DatasetRow[],
  outcomes: readonly RowOutcome[],
): Promise<Map<number, RowOutcome>> {
  const { plan } = load.options;
  const failures = new Map<number, RowOutcome>();
  for (const policy of load.policies ?? []) {
    const made = rowMaker(plan, policy.name);
    if (made === undefined) continue;
    const own = rows.flatMap((row, place): Own[] => {
      const outcome = outcomes[place];
      if (outcome === undefined || outcome.kind === 'failed') return [];
      return [{ place, contentId: outcome.contentId, dataset: row.row, rows: made(row) }];
    });
    const contents = policy.name === 'captions' ? await merged(load, policy, own, outcomes) : replaced(own);
    await writeContents(load, policy, contents, failures);
  }
  return failures;
}

interface Own {
  readonly place: number;
  readonly contentId: string;
  /** Row of the data set. */
  readonly dataset: number;
  readonly rows: readonly GivenRow[];
}

/** Rows of one content, and the places of the rows of the data set that they come from. */
interface Written {
  readonly contentId: string;
  readonly rows: readonly GivenRow[];
  readonly places: readonly number[];
  readonly fresh: number;
}

function rowMaker(plan: DatasetPlan, policy: string): ((row: DatasetRow) => GivenRow[]) | undefined {
  if (policy === 'captions') return (row) => captionRows(plan, row);
  if (policy === 'boxes') return boxRows;
  return policy === 'vectors' ? (row) => vectorRows(plan, row) : undefined;
}

/** Of the same content twice, the last row counts. */
function replaced(own: readonly Own[]): Written[] {
  const last = new Map(own.map((each) => [each.contentId, each]));
  return [...last.values()].map(({ contentId, rows, place }) => ({
    contentId,
    rows,
    places: [place],
    fresh: rows.length,
  }));
}

/** Captions of a picture that stands in several rows are kept from all of them; those of the same row are replaced. */
async function merged(
  { dependencies, options }: Load,
  policy: PolicyRecord,
  own: readonly Own[],
  outcomes: readonly RowOutcome[],
): Promise<Written[]> {
  const met = own.filter(({ place }) => outcomes[place]?.kind !== 'added').map(({ contentId }) => contentId);
  const before = await givenRows(dependencies.database, options.namespace, policy, [...new Set(met)]);
  const contents = new Map<string, Own[]>();
  for (const each of own) contents.set(each.contentId, [...(contents.get(each.contentId) ?? []), each]);
  return [...contents].map(([contentId, parts]) => {
    const again = new Set<unknown>(parts.map(({ dataset }) => dataset));
    const kept = (before.get(contentId) ?? []).filter(({ columns }) => !again.has(columns[ROW_COLUMN]));
    const fresh = parts.flatMap(({ rows }) => rows);
    const rows = [...kept, ...fresh].map(({ columns = {} }): GivenRow => ({ columns }));
    return { contentId, rows, places: parts.map(({ place }) => place), fresh: fresh.length };
  });
}

async function writeContents(
  { dependencies, options, totals }: Load,
  policy: PolicyRecord,
  contents: readonly Written[],
  failures: Map<number, RowOutcome>,
): Promise<void> {
  const place = { graph: policy.graph, policy: policy.name };
  const { normalize } = options;
  const wrote = (some: readonly Written[]): void => {
    const fresh = some.reduce((sum, each) => sum + each.fresh, 0);
    totals.written = { ...totals.written, [policy.name]: (totals.written[policy.name] ?? 0) + fresh };
  };
  if (contents.length === 0) return;
  try {
    await dependencies.put(place, { contents, normalize });
    return wrote(contents);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
  }
  // One of them is wrong: each is stored alone, and the wrong ones are told.
  for (const content of contents) {
    try {
      await dependencies.put(place, { contents: [content], normalize });
      wrote([content]);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      for (const each of content.places)
        failures.set(each, { kind: 'failed', code: error.code, message: error.message });
    }
  }
}

async function count(
  { dependencies, options, totals }: Load,
  rows: readonly DatasetRow[],
  outcomes: readonly RowOutcome[],
): Promise<void> {
  const { database } = dependencies;
  const { namespace, plan, source } = options;
  const problems: FileProblem[] = [];
  const well: string[] = [];
  for (const [place, outcome] of outcomes.entries()) {
    const { row = 0 } = rows[place] ?? {};
    const uri = `${DATASET_URI}${plan.graph}#${row}`;
    if (outcome.kind !== 'failed') {
      well.push(uri);
      totals[KINDS[outcome.kind]] += 1;
      continue;
    }
    totals.failed += 1;
    const message = `Cannot load row ${row} of "${source}": ${outcome.message.replace(/^Cannot /, 'cannot ')}`;
    problems.push({ uri, path: `${source} row ${row}`, code: outcome.code, message });
    if (totals.problems.length < MAX_PROBLEMS)
      totals.problems = [...totals.problems, { row, code: outcome.code, message }];
  }
  await clearProblems(database, namespace, well);
  await recordProblems(database, namespace, problems);
}

/** Begins the addresses of rows that could not be loaded, among the files that could not be read. */
export const DATASET_URI = 'dataset:';

const KINDS = { added: 'added', duplicate: 'duplicates', matched: 'matched' } as const;

function emptyTotals({ graph, notes }: DatasetPlan, rows: number): Totals {
  return {
    graph,
    rows: Number.isFinite(rows) ? rows : null,
    seen: 0,
    added: 0,
    duplicates: 0,
    matched: 0,
    skipped: 0,
    failed: 0,
    problems: [],
    written: {},
    finished: false,
    notes: [...notes],
  };
}

function snapshot(totals: Totals): LoadProgress {
  return { ...totals };
}
