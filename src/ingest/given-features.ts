/**
 * Features that a caller hands over: held against what the policy declares, then written as a worker's results are, with
 * the tasks of policies that take their boxes, in one transaction.
 *
 * @module
 */
import type { ColumnValue, FeatureRow, OutputSpec, PutFeatures, PutFeaturesRequest } from '../contract/index.ts';
import {
  ConflictError,
  decodeVector,
  didYouMean,
  inputIssues,
  InvalidInputError,
  isGiven,
  NotFoundError,
} from '../contract/index.ts';
import { rowSchema } from '../extractor/row-schema.ts';
import type { ContentRows, Database, PolicyRecord } from '../store/index.ts';
import { holdContents, lockPlanning, policiesOf, writeFeatures } from '../store/index.ts';
import { dropDependents, planDependents } from './plan-dependents.ts';

/** Rounding, as of half floats, stays below; what is further off was not meant to be of unit length. */
const NORM_TOLERANCE = 0.01;

/** Names a policy of a namespace. */
export interface PolicyPlace {
  readonly graph: string;
  readonly policy: string;
}

/** A row as it is handed over: a vector is numbers, or base64 of little-endian float32. Columns that are left out are null. */
export interface GivenRow {
  readonly ord?: number | undefined;
  readonly columns?: Readonly<Record<string, ColumnValue>>;
  readonly vectors?: Readonly<Record<string, Float32Array | string>>;
}

/** {@link PutFeaturesRequest}, also with vectors that nobody encoded. */
export interface GivenRequest extends Pick<PutFeaturesRequest, 'normalize'> {
  readonly contents: readonly { readonly contentId: string; readonly rows: readonly GivenRow[] }[];
}

/** What was written, and how many tasks follow from it. */
export interface PutOutcome extends PutFeatures {
  readonly planned: number;
}

/**
 * Replaces the rows of these contents, all or none.
 *
 * @throws NotFoundError for an unknown policy or content; ConflictError where the policy's rows are not handed over;
 * InvalidInputError that names content, row and column.
 */
export async function putFeatures(
  database: Database,
  namespace: string,
  { graph, policy: name }: PolicyPlace,
  { contents, normalize }: GivenRequest,
): Promise<PutOutcome> {
  return database.transaction(async (tx) => {
    await lockPlanning(tx, namespace, 'shared');
    const known = await policiesOf(tx, namespace);
    const policy = givenPolicy(known, graph, name);
    const checked = checkRows(policy, contents, normalize);
    const ids = checked.contents.map(({ contentId }) => contentId);
    // Before the contents are locked, as a deletion does it.
    await dropDependents(tx, namespace, policy, known, ids);
    const there = await holdContents(tx, namespace, ids);
    const missing = ids.filter((contentId) => !there.has(contentId));
    if (missing.length > 0) throw unknownContents(namespace, missing);
    await writeFeatures(tx, namespace, policy, checked.contents);
    const withRows = checked.contents.filter(({ rows }) => rows.length > 0).map(({ contentId }) => contentId);
    const planned = await planDependents(tx, namespace, policy, known, withRows);
    const rows = checked.contents.reduce((sum, content) => sum + content.rows.length, 0);
    return { contents: contents.length, rows, normalized: checked.normalized, planned };
  });
}

function givenPolicy(known: readonly PolicyRecord[], graph: string, name: string): PolicyRecord {
  const named = known.filter((policy) => policy.graph === graph && policy.name === name);
  const policy = named.find(({ state }) => state === 'active') ?? named.at(-1);
  if (policy === undefined)
    throw new NotFoundError(
      'policy',
      `${graph}.${name}`,
      known.filter(isGiven).map((each) => `${each.graph}.${each.name}`),
    );
  if (!isGiven(policy))
    throw new ConflictError(
      `Cannot store rows of "${graph}.${name}": "${policy.extractor}" computes them; rows are handed over to policies whose extractor is "given"`,
    );
  return policy;
}

function unknownContents(namespace: string, missing: readonly string[]): NotFoundError {
  const [first = ''] = missing;
  const more = missing.length > 1 ? `, nor ${missing.length - 1} more of the request` : '';
  return new NotFoundError('content', first, [], `namespace "${namespace}" has none with that id${more}`);
}

/** The rows as they are stored: every column named, every vector of unit length. */
function checkRows(
  policy: PolicyRecord,
  contents: GivenRequest['contents'],
  normalize: boolean,
): { readonly contents: readonly ContentRows[]; readonly normalized: number } {
  const schema = rowSchema(policy.output);
  const seen = new Set<string>();
  let normalized = 0;
  const checked = contents.map(({ contentId: given, rows }) => {
    const contentId = given.toLowerCase();
    const action = `store rows of "${policy.graph}.${policy.name}": content "${contentId}"`;
    if (seen.has(contentId)) throw new InvalidInputError(`Cannot ${action} stands twice in the request`);
    seen.add(contentId);
    const ords = new Set<number>();
    return {
      contentId,
      rows: rows.map((row, place) => {
        const { ord = place } = row;
        const where = `${action}, row ${place}`;
        if (ords.has(ord)) throw new InvalidInputError(`Cannot ${where}: another row of it has "ord" ${ord}`);
        ords.add(ord);
        const unit = unitVectors(row, policy.output, normalize, where);
        normalized += unit.normalized;
        const whole: FeatureRow = { ord, columns: allColumns(row, policy.output, where), vectors: unit.vectors };
        const parsed = schema.safeParse(whole);
        if (!parsed.success) throw badRow(where, inputIssues(parsed.error, schema, whole));
        return whole;
      }),
    };
  });
  return { contents: checked, normalized };
}

function badRow(where: string, issues: ReturnType<typeof inputIssues>): InvalidInputError {
  const texts = issues.slice(0, 3).map(({ path, message }) => `${pathInWords(path)} ${message}`);
  return new InvalidInputError(`Cannot ${where}: ${texts.join('; ')}`, issues);
}

/** `columns.text_en` → `column "text_en"`. */
function pathInWords(path: string): string {
  const [kind = '', name = ''] = path.split('.');
  return kind === 'columns' ? `column "${name}"` : kind === 'vectors' ? `vector "${name}"` : `"${path}"`;
}

function allColumns({ columns = {} }: GivenRow, output: OutputSpec, where: string): Record<string, ColumnValue> {
  refuseUnknown('column', Object.keys(columns), Object.keys(output.columns), where);
  return Object.fromEntries(Object.keys(output.columns).map((name) => [name, columns[name] ?? null]));
}

function refuseUnknown(kind: string, names: readonly string[], known: readonly string[], where: string): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const list = known.length === 0 ? '; it has none' : `; it has ${known.map((name) => `"${name}"`).join(', ')}`;
  throw new InvalidInputError(
    `Cannot ${where}: the policy has no ${kind} "${unknown}"${didYouMean(unknown, known) || list}`,
  );
}

function unitVectors(
  { vectors = {} }: GivenRow,
  output: OutputSpec,
  normalize: boolean,
  where: string,
): { readonly vectors: Record<string, Float32Array>; readonly normalized: number } {
  refuseUnknown('vector', Object.keys(vectors), Object.keys(output.vectors), where);
  let normalized = 0;
  const unit: Record<string, Float32Array> = {};
  for (const [name, { dimension }] of Object.entries(output.vectors)) {
    const refuse = (reason: string): never => {
      throw new InvalidInputError(`Cannot ${where}: vector "${name}" ${reason}`);
    };
    const vector = readVector(vectors[name] ?? refuse('is missing'), refuse);
    if (vector.length !== dimension) refuse(`has ${vector.length} numbers, and the policy declares ${dimension}`);
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    if (!Number.isFinite(norm)) refuse('holds what is no finite number');
    if (norm === 0) refuse('is all zero, and points nowhere');
    if (Math.abs(norm - 1) > NORM_TOLERANCE) {
      if (!normalize)
        refuse(`has an L2 norm of ${norm.toPrecision(4)} instead of 1; "normalize": true makes it a unit vector`);
      normalized += 1;
    }
    unit[name] = vector.map((value) => value / norm);
  }
  return { vectors: unit, normalized };
}

function readVector(vector: Float32Array | string, refuse: (reason: string) => never): Float32Array {
  if (typeof vector !== 'string') return vector;
  try {
    return decodeVector(vector);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return refuse(`is not base64 of float32 numbers: ${error.message}`);
  }
}
