/**
 * The meaning of a graph: do its extractors exist, take these parameters, and get anything from their sources?
 *
 * @module
 */
import {
  didYouMean,
  extractorNamed,
  GraphName,
  indexName,
  MAX_INDEX_NAME_BYTES,
  PolicyName,
  takesTexts,
  unknownExtractorHint,
} from '../contract/index.ts';
import type { ExtractorInfo, InputIssue, OutputSpec } from '../contract/index.ts';
import type { Faults, Place } from './faults.ts';
import { formatFilter } from './filter.ts';
import { placeAtPath } from './located.ts';
import { mimeOverlaps } from './mime.ts';
import { findCycle } from './order.ts';
import { INGESTED_SOURCE } from './read.ts';
import type { DraftGraph, DraftPolicy } from './read.ts';

/** What the checks need to know of an extractor; an `ExtractorInfo` is one. */
export interface GraphExtractor extends Pick<ExtractorInfo, 'name' | 'aliases' | 'accepts'> {
  /** JSON Schema of the parameters; keys that its `properties` lack are refused. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** What it writes; undefined where that is not known yet, and then nothing is refused for it. */
  readonly output?: OutputSpec | undefined;
  /** False: takes whole pictures only, not the boxes of another policy. Undefined: not known. */
  readonly regions?: boolean | undefined;
}

/**
 * A policy in the database that policies of the graph may take from: one that the graph has and keeps, or one of another graph,
 * whose name is `<graph>.<policy>`. Sources are written as the graph writes them.
 */
export interface ExistingPolicy {
  readonly name: string;
  readonly contentSource?: string | undefined;
  readonly output?: OutputSpec | undefined;
  /** Mime patterns of its extractor, where they are known. */
  readonly accepts?: readonly string[] | undefined;
}

export interface GraphOptions {
  readonly extractors: readonly GraphExtractor[];
  /** Values of parameters, by the extractor's canonical name; each issue's `path` lies within the parameters. */
  readonly checkParams?: (extractor: string, params: Readonly<Record<string, unknown>>) => readonly InputIssue[];
  /** What the extractor writes with these parameters, where that is known; absent: what it writes by default. */
  readonly outputs?: (extractor: string, params: Readonly<Record<string, unknown>>) => OutputSpec | undefined;
  /** Policies of the graph to merge into, and those of other graphs; absent or empty: the graph stands for itself. */
  readonly existing?: (graph: string) => readonly ExistingPolicy[];
  /** Mime patterns of contents as they are added. */
  readonly rootTypes?: readonly string[];
}

/** Contents that can be added now. */
export const ROOT_TYPES: readonly string[] = ['image/*', 'video/*'];

/** What boxes of a policy are to the policies that take them: parts of pictures. */
const REGION_TYPE = 'image/*';

/** Notes every fault of meaning. */
export function checkGraph(draft: DraftGraph, options: GraphOptions, faults: Faults, warnings: string[]): void {
  if (draft.name !== undefined) checkName(GraphName, draft.name, 'name', draft.namePlace, faults);
  const existing = draft.name === undefined ? [] : (options.existing?.(draft.name) ?? []);
  checkPolicyNames(draft.policies, faults);
  for (const policy of draft.policies) {
    const extractor = findExtractor(policy, options, faults);
    if (extractor !== undefined) {
      checkParams(policy, extractor, options, faults);
      checkAccepts(policy, extractor, options, faults, makesContentsOf(policy, draft, existing, options));
    }
    for (const filter of policy.filter) {
      if (filter.value === null)
        warnings.push(`${at(policy, 'filter')}filter "${formatFilter(filter)}" never holds: no label is null`);
    }
  }
  checkSources(draft.policies, existing, faults);
  noteOutputs(draft, existing, options, faults);
}

/** True where rows of that output have a box: a column of type `box`, or numbers `x1`, `y1`, `x2`, `y2`. */
export function hasBoxes(output: OutputSpec): boolean {
  const columns = Object.values(output.columns);
  return columns.some(({ type }) => type === 'box') || ['x1', 'y1', 'x2', 'y2'].every((name) => isNumber(output, name));
}

/** True where rows of that output have texts that are searched: columns with a language. */
function hasTexts(output: OutputSpec): boolean {
  return Object.values(output.columns).some(({ language }) => language !== undefined);
}

/**
 * Faults that show only when it is known what each policy writes (after `describe`): names that are too long for the
 * database, and sources without boxes or texts. Paths are `policies.<index>.name` and `policies.<index>.contentSource`.
 */
export function checkOutputs(
  graph: string,
  policies: readonly ExistingPolicy[],
  existing: readonly ExistingPolicy[] = [],
): InputIssue[] {
  const issues: InputIssue[] = [];
  for (const [index, { name, contentSource, output, accepts = [] }] of policies.entries()) {
    const vectors = Object.keys(output?.vectors ?? {});
    const long =
      vectors.length > 0 ? vectors.map((each) => indexName(graph, name, each)) : [viewNameOf(graph, name, output)];
    for (const each of long.filter((text) => Buffer.byteLength(text) > MAX_INDEX_NAME_BYTES)) {
      const message = `"${each}" has ${Buffer.byteLength(each)} bytes, and the database takes ${MAX_INDEX_NAME_BYTES}; shorten the graph's or the policy's name`;
      issues.push({ path: `policies.${index}.name`, message });
    }
    const source = [...policies, ...existing].find((each) => each.name === contentSource);
    if (source?.output === undefined || source.name === name) continue;
    const [what, has] = takesTexts({ accepts, contentSource })
      ? ['texts in a language', hasTexts(source.output)]
      : ['boxes', hasBoxes(source.output) || source.output.contents !== undefined];
    if (!has) {
      const message = `policy "${source.name}" makes no ${what} that "${name}" could take`;
      issues.push({ path: `policies.${index}.contentSource`, message });
    }
  }
  return issues;
}

/** The longest name of a view of a policy: of one that follows things that of its tracks. */
function viewNameOf(graph: string, name: string, output: OutputSpec | undefined): string {
  return `${graph}.${name}${output !== undefined && Object.hasOwn(output.columns, 'track_id') ? '.tracks' : ''}`;
}

function checkName(
  schema: typeof GraphName | typeof PolicyName,
  name: string,
  path: string,
  place: Place | undefined,
  faults: Faults,
): void {
  const issue = schema.safeParse(name).error?.issues[0];
  if (issue === undefined) return;
  const why = issue.code === 'too_big' ? `has more than ${MAX_INDEX_NAME_BYTES} characters` : issue.message;
  const reserved = why === 'is reserved' ? ': every namespace has a view of that name' : '';
  faults.add(path, `name "${name}" ${why}${reserved}`, place);
}

function checkPolicyNames(policies: readonly DraftPolicy[], faults: Faults): void {
  const first = new Map<string, DraftPolicy>();
  for (const policy of policies) {
    const { name } = policy;
    if (name === undefined) continue;
    const place = placeOf(policy, 'name');
    checkName(PolicyName, name, pathOf(policy, 'name'), place, faults);
    if (name === INGESTED_SOURCE)
      faults.add(
        pathOf(policy, 'name'),
        `name "${name}" is reserved: it stands for contents as they were added`,
        place,
      );
    const other = first.get(name);
    if (other === undefined) {
      first.set(name, policy);
    } else {
      const where = placeOf(other, 'name');
      const hint = where === undefined ? '' : `, first on line ${where.line}`;
      faults.add(pathOf(policy, 'name'), `policy "${name}" stands twice${hint}`, place);
    }
  }
}

function findExtractor(policy: DraftPolicy, { extractors }: GraphOptions, faults: Faults): GraphExtractor | undefined {
  if (policy.extractor === undefined) return undefined;
  const extractor = extractorNamed(policy.extractor, extractors);
  if (extractor === undefined) {
    const known = extractors.map(({ name }) => `"${name}"`).join(', ');
    const hint = unknownExtractorHint(policy.extractor, extractors);
    faults.add(
      pathOf(policy, 'extractor'),
      `there is no extractor "${policy.extractor}"${hint === undefined ? `; known: ${known === '' ? 'none' : known}` : `: ${hint}`}`,
      placeOf(policy, 'extractor'),
    );
  }
  return extractor;
}

function checkParams(policy: DraftPolicy, extractor: GraphExtractor, options: GraphOptions, faults: Faults): void {
  const base = pathOf(policy, 'params');
  const known = closedKeys(extractor.params);
  const unknown = new Set(known === undefined ? [] : Object.keys(policy.params).filter((key) => !known.includes(key)));
  for (const key of unknown) {
    const list = known?.map((each) => `"${each}"`).join(', ') ?? '';
    const hint = didYouMean(key, known ?? []) || (list === '' ? '; it takes none' : `; it takes ${list}`);
    faults.add(
      `${base}.${key}`,
      `"${extractor.name}" has no parameter "${key}"${hint}`,
      placeOf(policy, 'params', [key]),
    );
  }
  for (const issue of options.checkParams?.(extractor.name, policy.params) ?? []) {
    const steps = issue.path === '' ? [] : issue.path.split('.');
    const names = /(?:unrecognized|unknown) key/i.test(issue.message) && unknown.size > 0;
    if (names || unknown.has(steps[0] ?? '')) continue;
    const subject = steps.length === 0 ? `parameters of "${extractor.name}"` : `parameter "${issue.path}"`;
    const path = [base, ...steps].join('.');
    faults.add(path, `${subject}: ${issue.message}`, placeOf(policy, 'params', steps));
  }
}

/** Whether the source of a policy makes contents, which are taken whole. */
function makesContentsOf(
  { contentSource }: DraftPolicy,
  { policies }: DraftGraph,
  existing: readonly ExistingPolicy[],
  { extractors }: GraphOptions,
): boolean {
  const draft = policies.find(({ name }) => name === contentSource && name !== undefined);
  const output =
    draft === undefined
      ? existing.find(({ name }) => name === contentSource)?.output
      : draft.extractor && extractorNamed(draft.extractor, extractors)?.output;
  return typeof output === 'object' && output.contents !== undefined;
}

function checkAccepts(
  policy: DraftPolicy,
  extractor: GraphExtractor,
  options: GraphOptions,
  faults: Faults,
  takesContents: boolean,
): void {
  if (extractor.accepts.length === 0) return checkTakesNothing(policy, extractor, faults);
  if (takesTexts({ accepts: extractor.accepts, contentSource: policy.contentSource })) return;
  const types = policy.contentSource === undefined ? (options.rootTypes ?? ROOT_TYPES) : [REGION_TYPE];
  const overlaps = extractor.accepts.some((accepted) => types.some((type) => mimeOverlaps(accepted, type)));
  if (!overlaps) {
    const source =
      policy.contentSource === undefined ? 'contents that are added' : `what "${policy.contentSource}" makes`;
    const message = `"${extractor.name}" takes ${extractor.accepts.join(', ')}, and ${source} can only be ${types.join(', ')}`;
    faults.add(pathOf(policy, 'extractor'), message, placeOf(policy, 'extractor'));
  } else if (policy.contentSource !== undefined && extractor.regions === false && !takesContents) {
    const message = `"${extractor.name}" takes whole pictures only, not the boxes of "${policy.contentSource}"`;
    faults.add(pathOf(policy, 'contentSource'), message, placeOf(policy, 'contentSource'));
  }
}

/** Rows of the policy are handed over: what would choose its contents means nothing. */
function checkTakesNothing(policy: DraftPolicy, { name }: GraphExtractor, faults: Faults): void {
  const why = `"${name}" takes no contents: its rows are handed over`;
  if (policy.contentSource !== undefined)
    faults.add(pathOf(policy, 'contentSource'), why, placeOf(policy, 'contentSource'));
  if (policy.filter.length > 0) faults.add(pathOf(policy, 'filter'), why, placeOf(policy, 'filter'));
}

function checkSources(policies: readonly DraftPolicy[], existing: readonly ExistingPolicy[], faults: Faults): void {
  const named = policies.flatMap(({ name, contentSource }) => (name === undefined ? [] : [{ name, contentSource }]));
  const written = new Set(named.map(({ name }) => name));
  const all = [...named, ...existing.filter(({ name }) => !written.has(name))];
  const names = all.map(({ name }) => name);
  for (const policy of policies) {
    const { contentSource } = policy;
    if (contentSource === undefined || names.includes(contentSource)) continue;
    const hint = didYouMean(
      contentSource,
      names.filter((name) => name !== policy.name),
    );
    const where = contentSource.includes('.') ? 'of any graph' : 'of this graph';
    const message = `"${contentSource}" is no policy ${where}${hint}`;
    faults.add(pathOf(policy, 'contentSource'), message, placeOf(policy, 'contentSource'));
  }
  const cycle = findCycle(all);
  if (cycle === undefined) return;
  const policy = policies.find(({ name }) => name !== undefined && cycle.includes(name));
  if (policy === undefined) return;
  const message =
    cycle.length === 2
      ? `policy "${cycle[0]}" takes from itself`
      : `policies take from each other in a circle: ${cycle.join(' ← ')}`;
  faults.add(pathOf(policy, 'contentSource'), message, placeOf(policy, 'contentSource'));
}

function noteOutputs(
  draft: DraftGraph,
  existing: readonly ExistingPolicy[],
  options: GraphOptions,
  faults: Faults,
): void {
  const named = draft.policies.filter((policy) => policy.name !== undefined);
  const outputs = named.map((policy) => {
    const extractor = policy.extractor === undefined ? undefined : extractorNamed(policy.extractor, options.extractors);
    const output =
      extractor && (options.outputs === undefined ? extractor.output : options.outputs(extractor.name, policy.params));
    return { name: policy.name ?? '', contentSource: policy.contentSource, output, accepts: extractor?.accepts };
  });
  for (const { path, message } of checkOutputs(draft.name ?? '', outputs, existing)) {
    const [, index = '', field = ''] = path.split('.');
    const policy = named[Number(index)];
    if (policy === undefined || faults.has(pathOf(policy, field))) continue;
    faults.add(pathOf(policy, field), message, placeOf(policy, field));
  }
}

/** The parameters that a JSON Schema names; undefined where it takes others too, or does not say. */
function closedKeys(schema: Readonly<Record<string, unknown>> | undefined): string[] | undefined {
  const properties = schema?.properties;
  const open = schema?.additionalProperties !== undefined && schema.additionalProperties !== false;
  return typeof properties === 'object' && properties !== null && !open ? Object.keys(properties) : undefined;
}

function isNumber(output: OutputSpec, column: string): boolean {
  const type = Object.hasOwn(output.columns, column) ? output.columns[column]?.type : undefined;
  return type === 'real' || type === 'integer';
}

function pathOf(policy: DraftPolicy, field: string): string {
  return `${policy.path}.${policy.spelling[field] ?? field}`;
}

function placeOf(policy: DraftPolicy, field: string, steps: readonly (string | number)[] = []): Place | undefined {
  return placeAtPath(policy.map, [policy.spelling[field] ?? field, ...steps]);
}

function at(policy: DraftPolicy, field: string): string {
  const place = placeOf(policy, field);
  return place === undefined ? '' : `line ${place.line}: `;
}
