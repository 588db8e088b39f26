/**
 * Statements that were run in this browser: newest first, each once, as many as are of use.
 *
 * @module
 */
import { z } from 'zod';

const MOST = 50;
/** Longer statements are not kept; a browser keeps 5 MB for a page. */
const LONGEST = 20_000;

const Entry = z.object({
  query: z.string(),
  /** Milliseconds since 1970. */
  at: z.number(),
});
export type HistoryEntry = z.infer<typeof Entry>;

/** @returns What the text holds of it; nothing where it was damaged. */
export function parseHistory(stored: string | null): HistoryEntry[] {
  try {
    const found: unknown = JSON.parse(stored ?? '[]');
    return Array.isArray(found) ? found.flatMap((one) => Entry.safeParse(one).data ?? []).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export function withStatement(history: readonly HistoryEntry[], query: string, at: number): HistoryEntry[] {
  const text = query.trim();
  if (text.length > LONGEST) return [...history];
  return [{ query: text, at }, ...history.filter((one) => one.query !== text)].slice(0, MOST);
}

export function withoutStatement(history: readonly HistoryEntry[], query: string): HistoryEntry[] {
  return history.filter((one) => one.query !== query);
}
