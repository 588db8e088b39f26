/**
 * JSON Lines: one object a line. Empty lines are no rows.
 *
 * @module
 */
import { describe } from './describe.ts';
import { readLines } from './lines.ts';
import type { ManifestRecord } from './manifest.ts';

export async function* readJsonLines(path: string): AsyncGenerator<ManifestRecord> {
  for await (const { number, text } of readLines(path)) {
    if (text.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      yield { problem: `line ${number} is no JSON: ${describe(text.trim())}`, values: {} };
      continue;
    }
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      yield { values: value as Readonly<Record<string, unknown>> };
    } else {
      yield { problem: `line ${number} holds ${describe(value)} instead of an object`, values: {} };
    }
  }
}
