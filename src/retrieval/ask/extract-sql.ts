/**
 * The statement in what a language model wrote: models put it into a fence, into JSON, behind "SQL:", between sentences,
 * or behind their thoughts. What comes out is not trusted: the door reads it as any user's.
 *
 * @module
 */
import { withoutThoughts } from '../../chat/index.ts';

/** Statements begin with these; those that change something are found too, so that the door can say why it refuses them. */
const VERB =
  /^\s*(?:(?:--[^\n]*\n|\/\*[\s\S]*?\*\/)\s*)*(?:\(\s*)*(select|with|table|values|insert|update|delete|merge|drop|create|alter|truncate|grant|set|copy|explain|call|do)\b/i;

/** The same outside of a fence, where "With these tables …" and "Select a photo" begin a sentence. */
const UNFENCED = new RegExp(
  [
    String.raw`select\s[^;]*?\bfrom\b`,
    String.raw`select\s+(\w+\s*\(|[\d'(*])`,
    String.raw`with\s+(recursive\s+)?["\w]+\s*(\([^)]*\)\s*)?as\b`,
    String.raw`(insert|merge)\s+into\b`,
    String.raw`update\s+\S+\s+set\b`,
    String.raw`delete\s+from\b`,
    String.raw`(drop|create|alter|truncate)\s+(table|view|schema|database|role|user|function|extension|index)\b`,
  ]
    .map((beginning) => `^\\s*${beginning}`)
    .join('|'),
  'i',
);

/** The statement, or undefined where the text has none. Of several fences the last counts: models correct themselves. */
export function extractSql(text: string): string | undefined {
  const said = withoutThoughts(text);
  const fences = [...said.matchAll(/```[ \t]*([\w-]*)[^\n]*\n([\s\S]*?)(?:```|$)/g)];
  const candidates = fences
    .map(([, language = '', body = '']) => fromBlock(body, language))
    .filter((sql) => sql !== undefined);
  return candidates.at(-1) ?? fromJson(said) ?? fromProse(said);
}

function fromBlock(body: string, language: string): string | undefined {
  return fromJson(body) ?? (VERB.test(body) || language.toLowerCase() === 'sql' ? body.trim() || undefined : undefined);
}

/** `{"sql": "…"}`, `{"query": "…"}`. */
function fromJson(text: string): string | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    for (const name of ['sql', 'query', 'SQLQuery', 'statement']) {
      const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
      if (typeof found === 'string' && found.trim() !== '') return found.trim();
    }
  } catch {
    // No JSON: a statement is looked for otherwise.
  }
  return undefined;
}

/** From the first line that begins as a statement does, to its semicolon, else to the first empty line. */
function fromProse(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.replace(/^\s*(?:sql(?:\s*query)?|query|statement)\s*:\s*/i, ''));
  const rest = lines.map((_line, at) => lines.slice(at).join('\n')).find((from) => UNFENCED.test(from));
  if (rest === undefined) return undefined;
  const end = endOfStatement(rest) ?? rest.search(/\n\s*\n/);
  return (end < 0 ? rest : rest.slice(0, end)).trim();
}

/** Place behind the first semicolon outside of quotes. */
function endOfStatement(sql: string): number | undefined {
  for (const match of sql.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|;/g)) {
    if (match[0] === ';') return match.index;
  }
  return undefined;
}
