/**
 * What a server's answers have cost, kept in a file that outlives the process: a line a request, appended, so that processes
 * count together without a lock.
 *
 *     2026-05-01T12:00:00.000Z<tab>gpt-4o-mini<tab>1204<tab>88<tab>0.0002334      time, model, tokens in, tokens out, cost
 *
 * @module
 */
import { appendFile, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Money for a million tokens, in whatever currency. */
export interface TokenPrice {
  readonly input: number;
  readonly output: number;
}

export interface Spent {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** At the prices of their time. */
  readonly cost: number;
}

export interface Ledger {
  /** Sum over all processes, up to now. */
  total(): Promise<Spent>;
  add(entry: { readonly model: string; readonly inputTokens: number; readonly outputTokens: number }): Promise<void>;
}

const MILLION = 1_000_000;
const NOTHING: Spent = { requests: 0, inputTokens: 0, outputTokens: 0, cost: 0 };

/** Reads and writes nothing before it is asked to; `path` is made with the first entry. */
export function openLedger(path: string, price: TokenPrice): Ledger {
  let spent = NOTHING;
  let readTo = 0;
  let reading: Promise<Spent> = Promise.resolve(spent);

  const readOn = async (): Promise<Spent> => {
    const lines = await linesFrom(path, readTo);
    for (const line of lines.texts) spent = sum(spent, line);
    readTo = lines.end;
    return spent;
  };
  return {
    total: () => {
      reading = reading.catch(() => spent).then(readOn);
      return reading;
    },
    async add({ model, inputTokens, outputTokens }) {
      const cost = (inputTokens * price.input + outputTokens * price.output) / MILLION;
      await mkdir(dirname(path), { recursive: true });
      const entry = [new Date().toISOString(), model.replaceAll(/\s/g, ' '), inputTokens, outputTokens, cost];
      await appendFile(path, `${entry.join('\t')}\n`, { mode: 0o600 });
    },
  };
}

/** Whole lines behind a place of the file, and the place behind them; none where there is no file. */
async function linesFrom(path: string, start: number): Promise<{ readonly texts: string[]; readonly end: number }> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return { texts: [], end: 0 };
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.max(0, size - start));
    await file.read(bytes, 0, bytes.length, start);
    const whole = bytes.lastIndexOf('\n') + 1;
    return { texts: bytes.subarray(0, whole).toString().split('\n').slice(0, -1), end: start + whole };
  } finally {
    await file.close();
  }
}

function sum(spent: Spent, line: string): Spent {
  const [inputTokens = 0, outputTokens = 0, cost = 0] = line.split('\t').slice(2).map(Number);
  // A line that somebody edited must not make the sum no number, and with it the ceiling none.
  if (![inputTokens, outputTokens, cost].every(Number.isFinite)) return spent;
  return {
    requests: spent.requests + 1,
    inputTokens: spent.inputTokens + inputTokens,
    outputTokens: spent.outputTokens + outputTokens,
    cost: spent.cost + cost,
  };
}
