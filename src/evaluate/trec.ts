/**
 * Files of the Text REtrieval Conference, which most tools of the field read:
 *
 *     topics   <top> <num> Number: 301 <title> a dog runs … </top>      or      301 ⇥ a dog runs
 *     qrels    301 0 a.jpg 2                                            topic, unused, picture, grade
 *     run      301 Q0 <content id> 1 100 hybrid                         topic, unused, picture, rank, score, tag
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';
import type { JudgedReference, QuerySpec } from './query-specs.ts';
import { queryId } from './query-specs.ts';

export interface TrecQueries {
  readonly specs: readonly QuerySpec[];
  /** Topics that nobody judged: no ranking of theirs can be scored. */
  readonly unjudged: readonly string[];
}

interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** @throws InvalidInputError naming file and line, or where no topic was judged. */
export function parseTrec(topics: NamedText, qrels: NamedText): TrecQueries {
  const texts = parseTopics(topics);
  const judgements = parseQrels(qrels);
  const specs = [...texts].flatMap(([id, text]) => {
    const judged = judgements.get(id);
    return judged === undefined ? [] : [{ id: queryId(id), text, language: null, judged }];
  });
  if (specs.length === 0) {
    const [first = ''] = judgements.keys();
    throw new InvalidInputError(
      `Cannot evaluate "${topics.name}": none of its ${texts.size} topics is judged in "${qrels.name}", whose first topic is "${first}"`,
    );
  }
  return { specs, unjudged: [...texts.keys()].filter((id) => !judgements.has(id)) };
}

function parseTopics({ name, text }: NamedText): Map<string, string> {
  const topics = /<top>/i.test(text) ? markedTopics(text) : tabbedTopics(name, text);
  const found = new Map<string, string>();
  for (const [id, words] of topics) {
    if (id === '' || words === '')
      throw new InvalidInputError(`Cannot read topics from "${name}": topic "${id}" has no words`);
    if (found.has(id)) throw new InvalidInputError(`Cannot read topics from "${name}": topic "${id}" is there twice`);
    found.set(id, words);
  }
  return found;
}

/** Topics in the marks of SGML, which are not closed; the title is what is asked. */
function markedTopics(text: string): [string, string][] {
  return text
    .split(/<top>/i)
    .slice(1)
    .map((topic) => {
      const field = (mark: string): string =>
        (new RegExp(`<${mark}>([^<]*)`, 'i').exec(topic)?.[1] ?? '').replaceAll(/\s+/g, ' ').trim();
      return [field('num').replace(/^Number:\s*/i, ''), field('title').replace(/^Topic:\s*/i, '')];
    });
}

function tabbedTopics(name: string, text: string): [string, string][] {
  return linesOf(text).map(({ source, line }) => {
    const tab = source.indexOf('\t');
    if (tab < 1) fail('topics', name, line, 'write the topic, a tab, and what is asked');
    return [source.slice(0, tab).trim(), source.slice(tab + 1).trim()];
  });
}

function parseQrels({ name, text }: NamedText): Map<string, JudgedReference[]> {
  const judgements = new Map<string, JudgedReference[]>();
  for (const { source, line } of linesOf(text)) {
    // Names of pictures may have spaces, which the format doesn't provide for.
    const [, topic = '', reference = '', grade = ''] =
      /^\s*(\S+)\s+\S+\s+(.*\S)\s+([+-]?\d+(?:\.\d+)?)\s*$/.exec(source) ??
      fail('qrels', name, line, 'write topic, 0, picture, grade');
    const judged = judgements.get(topic);
    if (judged === undefined) judgements.set(topic, [{ reference, grade: Number(grade) }]);
    else judged.push({ reference, grade: Number(grade) });
  }
  return judgements;
}

/** Rankings as `trec_eval` reads them. The score is the place from the end: that program sorts by score, not by rank. */
export function trecRun(
  tag: string,
  rankings: Iterable<{ readonly id: string; readonly ranking: readonly string[] }>,
): string {
  const name = queryId(tag);
  return linesText(
    [...rankings].flatMap(({ id, ranking }) =>
      ranking.map((contentId, index) => `${id} Q0 ${contentId} ${index + 1} ${ranking.length - index} ${name}`),
    ),
  );
}

/** What is relevant, by content id, to hold runs against. */
export function trecQrels(
  queries: Iterable<{ readonly id: string; readonly relevance: ReadonlyMap<string, number> }>,
): string {
  return linesText(
    [...queries].flatMap(({ id, relevance }) =>
      [...relevance].map(([contentId, grade]) => `${id} 0 ${contentId} ${grade}`),
    ),
  );
}

function linesOf(text: string): { source: string; line: number }[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((source, index) => ({ source, line: index + 1 }))
    .filter(({ source }) => source.trim() !== '');
}

function linesText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function fail(what: string, name: string, line: number, reason: string): never {
  throw new InvalidInputError(`Cannot read ${what} from "${name}", line ${line}: ${reason}`, [
    { path: '', message: reason, line },
  ]);
}
