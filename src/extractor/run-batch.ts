/**
 * Runs an extractor over a batch so that one bad picture can't spoil its neighbours, and nothing undeclared gets through.
 *
 * Results are matched by id, never by position. A throw of `run` is blamed on somebody: the batch is halved until the
 * item that causes it stands alone (about 2·log2(n) runs for one broken item among n).
 *
 * @module
 */
import type { FeatureRow, OutputSpec } from '../contract/index.ts';
import { StorageFullError, UnavailableError } from '../contract/index.ts';
import { asError, ExtractorOutputError } from './errors.ts';
import { rowChecker } from './row-schema.ts';
import type { ExtractorItem, ExtractorResult, LoadedExtractor, RunContext } from './types.ts';

/** Of a run whose derived contents nobody keeps: tries of an extractor on a file. */
export const STANDALONE: RunContext = {
  signal: new AbortController().signal,
  add: () => Promise.resolve(),
  alive: () => undefined,
  progress: () => Promise.resolve(),
};

/**
 * Runs `items` through a loaded extractor.
 *
 * @param context Default: contents that it makes are dropped.
 * @param output What its description declared; rows that differ become that item's `ExtractorOutputError`.
 * @returns An entry for every item, in the items' order: its rows (checked), or the error of that item alone.
 * @throws UnavailableError (a model that can't be had, a full disk) as the extractor threw it: no item's fault, so none may
 * fail for it. The reason of the context's signal.
 * @throws RangeError where two items have one id.
 */
export async function runBatch(
  loaded: Pick<LoadedExtractor, 'run'>,
  output: OutputSpec,
  items: readonly ExtractorItem[],
  context: RunContext = STANDALONE,
): Promise<Map<string, ExtractorResult>> {
  const ids = new Set(items.map(({ id }) => id));
  if (ids.size !== items.length) throw new RangeError('Items of a batch must have different ids');
  const results = new Map<string, ExtractorResult>();
  if (items.length === 0) return results;

  const check = rowChecker(output);
  const raw = await runSplitting(loaded, items, context);
  for (const { id } of items) results.set(id, checkResult(raw.get(id), check));
  return results;
}

async function runSplitting(
  loaded: Pick<LoadedExtractor, 'run'>,
  items: readonly ExtractorItem[],
  context: RunContext,
): Promise<ReadonlyMap<string, ExtractorResult>> {
  try {
    const results: unknown = await loaded.run(items, context);
    if (results instanceof Map) return results;
    throw new ExtractorOutputError('run must return a Map from id to rows');
  } catch (thrown) {
    if (thrown instanceof UnavailableError || context.signal.aborted) throw thrown;
    if (isDiskFull(thrown)) throw new StorageFullError(`Cannot extract: a disk is full (${thrown.message})`);
    const [first] = items;
    if (items.length === 1 && first !== undefined) return new Map([[first.id, asError(thrown)]]);
    const middle = Math.ceil(items.length / 2);
    const left = await runSplitting(loaded, items.slice(0, middle), context);
    const right = await runSplitting(loaded, items.slice(middle), context);
    return new Map([...left, ...right]);
  }
}

function isDiskFull(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

function checkResult(
  result: ExtractorResult | undefined,
  check: (rows: readonly FeatureRow[]) => void,
): ExtractorResult {
  if (result === undefined) return new ExtractorOutputError('run returned nothing for this id');
  if (result instanceof Error) return result;
  try {
    check(result);
    return result;
  } catch (error) {
    return asError(error);
  }
}
