/**
 * A value of YAML or JSON with the place of each part of it, so that a fault can be shown where it is.
 *
 * @module
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Document, YAMLError } from 'yaml';
import type { Faults, Place } from './faults.ts';

/** A scalar, list or map. `place` is undefined where the value came from no text. */
export type Located = LocatedScalar | LocatedList | LocatedMap;

export interface LocatedScalar {
  readonly kind: 'scalar';
  readonly place: Place | undefined;
  readonly value: unknown;
}

export interface LocatedList {
  readonly kind: 'list';
  readonly place: Place | undefined;
  readonly items: readonly Located[];
}

export interface LocatedMap {
  readonly kind: 'map';
  readonly place: Place | undefined;
  readonly entries: readonly LocatedEntry[];
}

export interface LocatedEntry {
  readonly key: string;
  /** Of the key. */
  readonly place: Place | undefined;
  readonly value: Located;
}

/** Characters of a text: far above any real graph, and read in less than half a second whatever they are. */
export const MAX_TEXT_LENGTH = 100_000;

/** Parts of a value, aliases repeated: a small text can name a large one many times over. */
const MAX_PARTS = 100_000;
const MAX_DEPTH = 64;

/** Reads one YAML document (JSON is YAML). Undefined after faults, which were noted. */
export function locateText(text: string, faults: Faults): Located | undefined {
  if (text.length > MAX_TEXT_LENGTH) {
    faults.add('', `it has more than ${MAX_TEXT_LENGTH} characters`);
    return undefined;
  }
  const lines = new LineCounter();
  const document = onlyDocument(text, lines, faults);
  if (document === undefined) return undefined;
  const placeAt = (offset: number | undefined) => (offset === undefined ? undefined : placeOf(lines, offset));
  const budget = { left: MAX_PARTS };
  const fault = (offset: number | undefined, message: string) => {
    faults.add('', message, placeAt(offset));
    return undefined;
  };

  function locate(node: unknown, depth: number): Located | undefined {
    const offset = rangeStart(node);
    budget.left -= 1;
    if (budget.left < 0) return budget.left === -1 ? fault(offset, 'its aliases repeat too much') : undefined;
    if (depth > MAX_DEPTH) return fault(offset, 'it is nested too deeply');
    const place = placeAt(offset);
    if (isAlias(node)) {
      const target = document === undefined ? undefined : node.resolve(document);
      return target === undefined ? fault(offset, `alias "*${node.source}" has no anchor`) : locate(target, depth + 1);
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => locate(item, depth + 1)).filter((item) => item !== undefined);
      return { kind: 'list', place, items };
    }
    if (isMap(node)) {
      const seen = new Set<string>();
      const entries = node.items.map(({ key, value }) => {
        const located = locate(value, depth + 1);
        if (seen.has(keyText(key))) fault(rangeStart(key), `key "${keyText(key)}" stands twice`);
        seen.add(keyText(key));
        const keyPlace = placeAt(rangeStart(key)) ?? place;
        return located === undefined ? undefined : { key: keyText(key), place: keyPlace, value: located };
      });
      return { kind: 'map', place, entries: entries.filter((entry) => entry !== undefined) };
    }
    return { kind: 'scalar', place, value: isScalar(node) ? node.value : null };
  }

  return locate(document.contents, 0);
}

/** A plain JSON value without places. */
export function locateValue(value: unknown, depth = 0): Located {
  if (depth > MAX_DEPTH) return { kind: 'scalar', place: undefined, value: undefined };
  if (Array.isArray(value)) {
    return { kind: 'list', place: undefined, items: value.map((item) => locateValue(item, depth + 1)) };
  }
  if (typeof value !== 'object' || value === null) return { kind: 'scalar', place: undefined, value };
  const entries = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .map(([key, each]) => ({ key, place: undefined, value: locateValue(each, depth + 1) }));
  return { kind: 'map', place: undefined, entries };
}

/** The value without its places. */
export function plainValue(located: Located): unknown {
  switch (located.kind) {
    case 'scalar':
      return located.value;
    case 'list':
      return located.items.map(plainValue);
    case 'map':
      return Object.fromEntries(located.entries.map(({ key, value }) => [key, plainValue(value)]));
  }
}

/** The place of the part at `path`, or of the nearest part around it that exists. */
export function placeAtPath(located: Located, path: readonly (string | number)[]): Place | undefined {
  let { place } = located;
  let part: Located | undefined = located;
  for (const step of path) {
    if (part.kind === 'map') {
      const entry: LocatedEntry | undefined = part.entries.find(({ key }) => key === String(step));
      if (entry === undefined) return place;
      place = entry.place;
      part = entry.value;
    } else if (part.kind === 'list') {
      const item: Located | undefined = part.items[Number(step)];
      if (item === undefined) return place;
      place = item.place;
      part = item;
    } else {
      return place;
    }
  }
  return place;
}

function onlyDocument(text: string, lines: LineCounter, faults: Faults): Document.Parsed | undefined {
  const documents = parse(text, lines, faults);
  const [first, second] = documents;
  if (faults.count > 0) return undefined;
  if (first === undefined || (first.contents === null && first.errors.length === 0)) {
    faults.add('', 'it is empty; a graph needs "name" and "extraction_policies"');
    return undefined;
  }
  if (second !== undefined) {
    faults.add(
      '',
      'it holds several documents (a line "---" begins another); put each graph into a file of its own',
      placeOf(lines, second.range[0]),
    );
    return undefined;
  }
  for (const error of first.errors) faults.add('', sentence(error), placeOf(lines, error.pos[0]));
  for (const warning of first.warnings) faults.add('', sentence(warning), placeOf(lines, warning.pos[0]));
  return faults.count > 0 ? undefined : first;
}

function parse(text: string, lines: LineCounter, faults: Faults): readonly Document.Parsed[] {
  try {
    const documents = parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      // Compares each key with each: 60,000 take minutes. `locate` finds keys that stand twice.
      uniqueKeys: false,
      resolveKnownTags: false,
    });
    return Array.isArray(documents) ? documents : [];
  } catch (error) {
    // The parser recurses: thousands of open brackets end its stack.
    if (!(error instanceof RangeError)) throw error;
    faults.add('', 'it is nested too deeply');
    return [];
  }
}

function placeOf(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** The parser's own words, but for a mistake that people make. */
function sentence(error: YAMLError): string {
  if (error.code === 'TAG_RESOLVE_FAILED') return error.message.replace('Unresolved tag:', 'unknown tag');
  return `it is no YAML: ${error.message}`;
}

function rangeStart(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) return undefined;
  const start: unknown = node.range[0];
  return typeof start === 'number' ? start : undefined;
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}
