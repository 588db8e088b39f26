/**
 * The shape of a graph: which keys there are and what type each has. What they mean is `check.ts`.
 *
 *     name: knowledge                          # required
 *     description: free text
 *     extraction_policies:                     # or policies
 *       - extractor: image/yolo                # required
 *         name: objects                        # required
 *         content_source: frames               # or contentSource; photos.objects is of another graph; absent, "" and
 *                                              # "ingestion": contents as they were added
 *         input_params: { conf: 0.25 }         # or params
 *         filter: ["source=google"]            # or { key, op, value }; labels_eq: "source:google" is translated
 *
 * Keys and the sense of `content_source` are Indexify's; `null` is the same as absent.
 *
 * @module
 */
import { closestName, didYouMean, FoveaError, LabelFilter } from '../contract/index.ts';
import type { Faults, Place } from './faults.ts';
import { formatFilter, parseFilter, parseLabelValue } from './filter.ts';
import { plainValue } from './located.ts';
import type { Located, LocatedEntry, LocatedMap } from './located.ts';

/** What Indexify calls the source of contents as they were added. */
export const INGESTED_SOURCE = 'ingestion';

/** A graph as it was written; what could not be read is left out, with a fault noted. */
export interface DraftGraph {
  readonly name: string | undefined;
  readonly namePlace: Place | undefined;
  readonly description: string | undefined;
  readonly policies: readonly DraftPolicy[];
}

export interface DraftPolicy {
  /** Of the whole policy in the text, e.g. `extraction_policies.0`. */
  readonly path: string;
  readonly map: LocatedMap;
  /** The key in the text for each of our fields that is there, e.g. `params` → `input_params`. */
  readonly spelling: Readonly<Record<string, string>>;
  readonly name: string | undefined;
  readonly extractor: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
  readonly contentSource: string | undefined;
  readonly filter: readonly LabelFilter[];
}

/** Field → its spellings; the first is the one that messages use. */
const GRAPH_KEYS = {
  name: ['name'],
  description: ['description'],
  policies: ['extraction_policies', 'policies'],
  namespace: ['namespace'],
} as const;

const POLICY_KEYS = {
  extractor: ['extractor'],
  name: ['name'],
  contentSource: ['content_source', 'contentSource'],
  params: ['input_params', 'params'],
  filter: ['filter'],
  labelsEq: ['labels_eq'],
  filtersEq: ['filters_eq'],
} as const;

/** Reads what can be read and notes every fault of shape. */
export function readGraph(root: Located, faults: Faults, warnings: string[]): DraftGraph {
  if (root.kind !== 'map') {
    faults.add('', 'it must be a map with "name" and "extraction_policies"', root.place);
    return { name: undefined, namePlace: undefined, description: undefined, policies: [] };
  }
  const fields = readKeys(root, GRAPH_KEYS, '', faults);
  if (fields.namespace !== undefined) {
    warnings.push(`${at(fields.namespace)}"namespace" is ignored: the command or the address names the namespace`);
  }
  return {
    name: readText(fields.name, 'name', faults) ?? missing('name', 'a graph', '', root, fields.name, faults),
    namePlace: fields.name?.place ?? root.place,
    description: readText(fields.description, 'description', faults),
    policies: readPolicies(root, fields.policies, faults, warnings),
  };
}

function readPolicies(
  root: LocatedMap,
  entry: LocatedEntry | undefined,
  faults: Faults,
  warnings: string[],
): DraftPolicy[] {
  if (entry === undefined) {
    missing('extraction_policies', 'a graph', '', root, entry, faults);
    return [];
  }
  if (entry.value.kind !== 'list' || entry.value.items.length === 0) {
    faults.add(entry.key, `"${entry.key}" must be a list of at least one policy`, entry.place);
    return [];
  }
  return entry.value.items.flatMap((item, index) => readPolicy(item, `${entry.key}.${index}`, faults, warnings) ?? []);
}

function readPolicy(item: Located, path: string, faults: Faults, warnings: string[]): DraftPolicy | undefined {
  if (item.kind !== 'map') {
    faults.add(path, 'a policy must be a map with "extractor" and "name"', item.place);
    return undefined;
  }
  const fields = readKeys(item, POLICY_KEYS, `${path}.`, faults);
  const spelling = Object.entries(fields).map(([field, entry]) => [field, entry.key] as const);
  const source = readText(fields.contentSource, `${path}.content_source`, faults, true);
  return {
    path,
    map: item,
    spelling: Object.fromEntries(spelling),
    name: readText(fields.name, `${path}.name`, faults) ?? missing('name', 'a policy', path, item, fields.name, faults),
    extractor:
      readText(fields.extractor, `${path}.extractor`, faults) ??
      missing('extractor', 'a policy', path, item, fields.extractor, faults),
    params: readParams(fields.params, path, faults),
    contentSource: source === '' || source === INGESTED_SOURCE ? undefined : source,
    filter: [
      ...readFilters(fields.filter, path, faults),
      ...translateEquals(fields.labelsEq, path, faults, warnings),
      ...translateEquals(fields.filtersEq, path, faults, warnings),
    ],
  };
}

/** Entries by field; notes unknown keys and fields that are given under two spellings. */
function readKeys<Field extends string>(
  map: LocatedMap,
  keys: Readonly<Record<Field, readonly string[]>>,
  prefix: string,
  faults: Faults,
): Partial<Record<Field, LocatedEntry>> {
  const fields = Object.keys(keys) as Field[];
  const spellings = fields.flatMap((field) => keys[field]);
  const found: Partial<Record<Field, LocatedEntry>> = {};
  for (const entry of map.entries) {
    const field = fields.find((each) => keys[each].includes(entry.key));
    if (field === undefined) {
      const known = spellings.map((each) => `"${each}"`).join(', ');
      const hint = didYouMean(entry.key, spellings) || `; known: ${known}`;
      faults.add(`${prefix}${entry.key}`, `unknown key "${entry.key}"${hint}`, entry.place);
      continue;
    }
    const other = found[field];
    if (other !== undefined) {
      faults.add(`${prefix}${entry.key}`, `"${other.key}" and "${entry.key}" are the same; keep one`, entry.place);
    } else if (!(entry.value.kind === 'scalar' && entry.value.value === null)) {
      found[field] = entry;
    }
  }
  return found;
}

function readText(entry: LocatedEntry | undefined, path: string, faults: Faults, emptyToo = false): string | undefined {
  if (entry === undefined) return undefined;
  const value = entry.value.kind === 'scalar' ? entry.value.value : undefined;
  if (typeof value === 'string' && (emptyToo || value.trim() !== '')) return value;
  const hint = typeof value === 'number' || typeof value === 'boolean' ? `; put it in quotes: "${value}"` : '';
  faults.add(
    path,
    typeof value === 'string' ? `"${entry.key}" is empty` : `"${entry.key}" must be a text${hint}`,
    entry.place,
  );
  return undefined;
}

/** Notes that a key is missing, unless it is there with a fault of its own, or misspelt, which was noted. */
function missing(
  key: string,
  of: string,
  path: string,
  map: LocatedMap,
  entry: LocatedEntry | undefined,
  faults: Faults,
): undefined {
  // A key that is there without a value is not misspelt.
  const misspelt = map.entries.some((each) => each.key !== key && closestName(each.key, [key]) !== undefined);
  if (entry === undefined && !misspelt) faults.add(path, `${of} needs "${key}"`, map.place);
  return undefined;
}

function readParams(entry: LocatedEntry | undefined, path: string, faults: Faults): Record<string, unknown> {
  if (entry === undefined) return {};
  const where = `${path}.${entry.key}`;
  if (entry.value.kind !== 'map') {
    faults.add(where, `"${entry.key}" must be a map of parameters, e.g. { conf: 0.25 }`, entry.place);
    return {};
  }
  noteOddScalars(entry.value, where, faults);
  const params: Record<string, unknown> = {};
  for (const { key, value } of entry.value.entries) {
    if (key === '__proto__') faults.add(`${where}.${key}`, `"${key}" can't be a parameter`, value.place);
    else params[key] = plainValue(value);
  }
  return params;
}

/** Parameters are stored as JSON, which has neither `.nan` nor `.inf`. */
function noteOddScalars(located: Located, path: string, faults: Faults): void {
  if (located.kind === 'list')
    for (const [index, item] of located.items.entries()) noteOddScalars(item, `${path}.${index}`, faults);
  if (located.kind === 'map')
    for (const entry of located.entries) noteOddScalars(entry.value, `${path}.${entry.key}`, faults);
  if (located.kind !== 'scalar') return;
  const { value } = located;
  const plain = value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
  if (!plain) faults.add(path, `${String(value)} is no value that JSON has`, located.place);
}

function readFilters(entry: LocatedEntry | undefined, path: string, faults: Faults): LabelFilter[] {
  if (entry === undefined) return [];
  const where = `${path}.${entry.key}`;
  if (entry.value.kind !== 'list') {
    faults.add(where, `"${entry.key}" must be a list, e.g. ["source=google", "size>=10"]`, entry.place);
    return [];
  }
  return entry.value.items.flatMap((item, index) => readFilter(item, `${where}.${index}`, faults) ?? []);
}

function readFilter(item: Located, path: string, faults: Faults): LabelFilter | undefined {
  const value = plainValue(item);
  if (typeof value === 'string') {
    return attempt(() => parseFilter(value), path, item.place, faults);
  }
  const parsed = LabelFilter.strict().safeParse(value);
  if (parsed.success) return parsed.data;
  faults.add(path, 'a filter must be a text like "source=google", or a map of "key", "op" and "value"', item.place);
  return undefined;
}

/** `labels_eq: "k:v"`, a list of such, or a map: Indexify's server dropped it in silence, we mean it. */
function translateEquals(
  entry: LocatedEntry | undefined,
  path: string,
  faults: Faults,
  warnings: string[],
): LabelFilter[] {
  if (entry === undefined) return [];
  const where = `${path}.${entry.key}`;
  const value = plainValue(entry.value);
  const filters = equalsFilters(value);
  if (filters === undefined) {
    faults.add(where, `"${entry.key}" must look like "key:value"; better write filter: ["key=value"]`, entry.place);
    return [];
  }
  if (filters.length > 0) {
    const texts = filters.map((filter) => `"${formatFilter(filter)}"`).join(', ');
    warnings.push(`${at(entry)}"${entry.key}" is an old key and was read as filter: [${texts}]`);
  }
  return filters;
}

function equalsFilters(value: unknown): LabelFilter[] | undefined {
  if (typeof value === 'string') {
    if (value.trim() === '') return [];
    const colon = value.indexOf(':');
    const key = value.slice(0, colon).trim();
    return colon < 0 || key === '' ? undefined : [{ key, op: '=', value: parseLabelValue(value.slice(colon + 1)) }];
  }
  if (Array.isArray(value)) {
    const parts = value.map(equalsFilters);
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const parsed = Object.entries(value).map(([key, each]) => LabelFilter.safeParse({ key, op: '=', value: each }).data);
  return parsed.every((filter) => filter !== undefined) ? parsed : undefined;
}

function attempt<T>(read: () => T, path: string, place: Place | undefined, faults: Faults): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FoveaError)) throw error;
    faults.add(path, error.message.replace(/^Cannot /, 'cannot '), place);
    return undefined;
  }
}

function at(entry: LocatedEntry): string {
  return entry.place === undefined ? '' : `line ${entry.place.line}: `;
}
