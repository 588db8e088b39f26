/**
 * A value of YAML or JSON with the line that each part of it stands on, so that a fault can be shown where it is.
 *
 * @module
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Document, YAMLError } from 'yaml';
import type { Faults } from './faults.ts';

/** A scalar, list or map. `line` counts from 1; undefined where the value came from no text. */
export type Located = LocatedScalar | LocatedList | LocatedMap;

export interface LocatedScalar {
  readonly kind: 'scalar';
  readonly line: number | undefined;
  readonly value: unknown;
}

export interface LocatedList {
  readonly kind: 'list';
  readonly line: number | undefined;
  readonly items: readonly Located[];
}

export interface LocatedMap {
  readonly kind: 'map';
  readonly line: number | undefined;
  readonly entries: readonly LocatedEntry[];
}

export interface LocatedEntry {
  readonly key: string;
  /** Of the key. */
  readonly line: number | undefined;
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
  const lineAt = (offset: number | undefined) => (offset === undefined ? undefined : lines.linePos(offset).line);
  const budget = { left: MAX_PARTS };
  const fault = (offset: number | undefined, message: string) => {
    faults.add('', message, lineAt(offset));
    return undefined;
  };

  function locate(node: unknown, depth: number): Located | undefined {
    const offset = rangeStart(node);
    budget.left -= 1;
    if (budget.left < 0) return budget.left === -1 ? fault(offset, 'its aliases repeat too much') : undefined;
    if (depth > MAX_DEPTH) return fault(offset, 'it is nested too deeply');
    const line = lineAt(offset);
    if (isAlias(node)) {
      const target = document === undefined ? undefined : node.resolve(document);
      return target === undefined ? fault(offset, `alias "*${node.source}" has no anchor`) : locate(target, depth + 1);
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => locate(item, depth + 1)).filter((item) => item !== undefined);
      return { kind: 'list', line, items };
    }
    if (isMap(node)) {
      const seen = new Set<string>();
      const entries = node.items.map(({ key, value }) => {
        const located = locate(value, depth + 1);
        if (seen.has(keyText(key))) fault(rangeStart(key), `key "${keyText(key)}" stands twice`);
        seen.add(keyText(key));
        const keyLine = lineAt(rangeStart(key)) ?? line;
        return located === undefined ? undefined : { key: keyText(key), line: keyLine, value: located };
      });
      return { kind: 'map', line, entries: entries.filter((entry) => entry !== undefined) };
    }
    return { kind: 'scalar', line, value: isScalar(node) ? node.value : null };
  }

  return locate(document.contents, 0);
}

/** A plain JSON value without lines. */
export function locateValue(value: unknown, depth = 0): Located {
  if (depth > MAX_DEPTH) return { kind: 'scalar', line: undefined, value: undefined };
  if (Array.isArray(value)) {
    return { kind: 'list', line: undefined, items: value.map((item) => locateValue(item, depth + 1)) };
  }
  if (typeof value !== 'object' || value === null) return { kind: 'scalar', line: undefined, value };
  const entries = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .map(([key, each]) => ({ key, line: undefined, value: locateValue(each, depth + 1) }));
  return { kind: 'map', line: undefined, entries };
}

/** The value without its lines. */
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

/** The line of the part at `path`, or of the nearest part around it that exists. */
export function lineAtPath(located: Located, path: readonly (string | number)[]): number | undefined {
  let line = located.line;
  let part: Located | undefined = located;
  for (const step of path) {
    if (part.kind === 'map') {
      const entry: LocatedEntry | undefined = part.entries.find(({ key }) => key === String(step));
      if (entry === undefined) return line;
      line = entry.line;
      part = entry.value;
    } else if (part.kind === 'list') {
      const item: Located | undefined = part.items[Number(step)];
      if (item === undefined) return line;
      line = item.line;
      part = item;
    } else {
      return line;
    }
  }
  return line;
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
    const line = lines.linePos(second.range[0]).line;
    faults.add(
      '',
      'it holds several documents (a line "---" begins another); put each graph into a file of its own',
      line,
    );
    return undefined;
  }
  for (const error of first.errors) faults.add('', sentence(error), lines.linePos(error.pos[0]).line);
  for (const warning of first.warnings) faults.add('', sentence(warning), lines.linePos(warning.pos[0]).line);
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
