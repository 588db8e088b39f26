/**
 * Queries with what is relevant to each, as files say them: JSON lines of captions or of queries.
 *
 *     {"image": "a.jpg", "en": ["a dog runs", "…"], "zh": ["…"]}         each text asks for the picture that it is about
 *     {"image": "a.jpg", "text": "a dog runs", "lang": "en"}
 *     {"query": "dogs", "relevant": ["a.jpg", {"name": "b.jpg", "grade": 2}], "lang": "en", "id": "q1"}
 *
 * Pictures are named by file name, address or content id: `image`, `name`, `uri` and `contentId` say the same.
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';

/** A picture as a file names it, and how relevant it is: above 0, larger is more. */
export interface JudgedReference {
  readonly reference: string;
  readonly grade: number;
}

export interface QuerySpec {
  /** Without white space, distinct. */
  readonly id: string;
  readonly text: string;
  /** As the file says it, e.g. `en`; null where it says none. */
  readonly language: string | null;
  readonly judged: readonly JudgedReference[];
}

/** Keys that name a picture. */
const NAMES = ['image', 'name', 'uri', 'contentId'] as const;
/** A key of texts in a language: its BCP 47 tag, e.g. `en`, `zh-Hant`. */
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

type Line = Readonly<Record<string, unknown>>;

/**
 * @param name Of the file, for errors.
 * @throws InvalidInputError naming the line.
 */
export function parseQueries(text: string, name: string): QuerySpec[] {
  const specs: QuerySpec[] = [];
  const ids = new Map<string, number>();
  for (const [index, source] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (source.trim() === '') continue;
    const line = index + 1;
    for (const spec of specsOf(parseLine(source, name, line), name, line)) {
      const before = ids.get(spec.id);
      if (before !== undefined) fail(name, line, `the id "${spec.id}" is that of line ${before}, too`);
      ids.set(spec.id, line);
      specs.push(spec);
    }
  }
  if (specs.length === 0) {
    throw new InvalidInputError(`Cannot read queries from "${name}": it has no line; each is a JSON object`);
  }
  return specs;
}

/** An id that run files can carry. */
export function queryId(text: string): string {
  return text.trim().replaceAll(/\s+/g, '_');
}

function parseLine(source: string, name: string, line: number): Line {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    return fail(name, line, 'it is not JSON; each line is one object, without commas between them');
  }
  if (isObject(value)) return value;
  return fail(name, line, 'it is no object');
}

function specsOf(value: Line, name: string, line: number): QuerySpec[] {
  if ('relevant' in value || 'query' in value) return [querySpec(value, name, line)];
  const reference = referenceOf(value);
  if (reference === undefined) {
    return fail(
      name,
      line,
      'it needs "query" and "relevant", or "image" with "text" or with texts by language ("en": ["…"])',
    );
  }
  return captionSpecs(value, reference, name, line);
}

function querySpec(value: Line, name: string, line: number): QuerySpec {
  const { query, relevant } = value;
  if (typeof query !== 'string' || query === '') return fail(name, line, '"query" must be words');
  if (!Array.isArray(relevant)) return fail(name, line, '"relevant" must be a list of pictures');
  const judged = relevant.map((each: unknown) => judgedReference(each, name, line));
  const id = typeof value.id === 'string' || typeof value.id === 'number' ? String(value.id) : `q${line}`;
  return { id: queryId(id), text: query, language: languageOf(value), judged };
}

function judgedReference(value: unknown, name: string, line: number): JudgedReference {
  if (typeof value === 'string') return { reference: value, grade: 1 };
  const reference = isObject(value) ? referenceOf(value) : undefined;
  if (!isObject(value) || reference === undefined)
    return fail(name, line, 'a relevant picture is a name, an id, or {"name": …, "grade": …}');
  const { grade = 1 } = value;
  if (typeof grade !== 'number' || !Number.isFinite(grade)) return fail(name, line, '"grade" must be a number');
  return { reference, grade };
}

function captionSpecs(value: Line, reference: string, name: string, line: number): QuerySpec[] {
  const judged = [{ reference, grade: 1 }];
  const { text } = value;
  if (typeof text === 'string') {
    const language = languageOf(value);
    return [{ id: captionId(reference, language, line), text: textOf(text, name, line), language, judged }];
  }
  const specs = Object.entries(value).flatMap(([language, texts]) =>
    LANGUAGE.test(language) && Array.isArray(texts)
      ? texts.map((each: unknown, index) => ({
          id: captionId(reference, language, index),
          text: textOf(each, name, line),
          language,
          judged,
        }))
      : [],
  );
  if (specs.length === 0)
    return fail(name, line, 'it has no texts: give "text", or lists by language ("en": ["…"], "zh": ["…"])');
  return specs;
}

function captionId(reference: string, language: string | null, number: number): string {
  return queryId([reference, language ?? 'text', number].join('#'));
}

function textOf(value: unknown, name: string, line: number): string {
  return typeof value === 'string' && value.trim() !== '' ? value : fail(name, line, 'a text is empty, or no text');
}

function languageOf({ lang, language }: Line): string | null {
  if (typeof lang === 'string') return lang;
  return typeof language === 'string' ? language : null;
}

function referenceOf(value: Line): string | undefined {
  return NAMES.map((key) => value[key]).find((each): each is string => typeof each === 'string' && each !== '');
}

function isObject(value: unknown): value is Line {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fail(name: string, line: number, reason: string): never {
  throw new InvalidInputError(`Cannot read queries from "${name}", line ${line}: ${reason}`, [
    { path: '', message: reason, line },
  ]);
}
