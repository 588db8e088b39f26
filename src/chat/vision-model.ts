/**
 * A model that is shown pictures. Many are asked at once within the limits that its owner sets; what passes is tried again,
 * and each picture's answer or error comes back under its id.
 *
 * Failures are of three kinds. Some are the server's whatever the picture (nobody answers, a refused key, a ceiling on cost):
 * nothing more is asked, and all that is left gets `EndpointUnavailableError`, which counts against no picture. Some pass (429,
 * 500, a hang, nonsense): tried again, then the picture's, unless several pictures in a row fail so, which is the server's doing
 * again. Some are the picture's (400).
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { EndpointUnavailableError, FoveaError, InvalidInputError, UnavailableError } from '../contract/index.ts';
import { exchange, failed, modelServer, refusal, replyOf } from './exchange.ts';
import type { Answer, ModelServer, ModelServerOptions, Reply } from './exchange.ts';
import { createRequestGate } from './request-gate.ts';
import type { RequestLimits } from './request-gate.ts';
import { retryAfterMs } from './retry-after.ts';
import { openLedger } from './spending.ts';
import type { Ledger, TokenPrice } from './spending.ts';

export interface VisionOptions extends ModelServerOptions, Partial<RequestLimits> {
  /** Needed for a budget. */
  readonly price?: TokenPrice;
  /** What all requests together may cost, in the money of `price`; requests in flight when it is reached are still paid. */
  readonly budget?: number;
  /** File that keeps what was spent. Absent: nothing is counted. */
  readonly ledger?: string;
}

export interface Picture {
  readonly id: string;
  /** Called when it is this picture's turn, for each try. */
  readonly jpeg: () => Promise<Uint8Array>;
}

export interface VisionQuestion {
  /** As the server names it. */
  readonly model: string;
  /** What holds whatever the prompt says. */
  readonly system: string;
  readonly prompt: string;
  /** Longest answer. */
  readonly maxTokens: number;
}

export type VisionReply = Reply;

export interface VisionModel {
  /** The model that is asked where a question names none of its own. */
  readonly name: string;
  /** Where pictures are sent: `https://host:port`. */
  readonly origin: string;
  /** Why nothing may be asked now, as a sentence: the ceiling on cost; undefined where something may. */
  exhausted(): Promise<string | undefined>;
  /** An entry for every picture. Throws nothing. */
  ask(pictures: readonly Picture[], question: VisionQuestion): Promise<ReadonlyMap<string, VisionReply | Error>>;
}

export interface VisionTiming {
  /** Before the second try, where the server names no time; doubles with each. */
  readonly backoffMs: number;
  /** A server that asks for a longer pause is asked again by the tasks that wait, not here. */
  readonly longestPauseMs: number;
}

const TIMING: VisionTiming = { backoffMs: 1000, longestPauseMs: 60_000 };
const CONCURRENCY = 4;
const MAX_TRIES = 3;
/** So many pictures in a row, and it is not the pictures. */
const MAX_STREAK = 5;

/** @throws InvalidInputError for options that can't be used; asks nobody. */
export function createVisionModel(options: VisionOptions, timing: VisionTiming = TIMING): VisionModel {
  const server = modelServer(options, 'vision model', 'FOVEA_VISION');
  const { concurrency = CONCURRENCY, perMinute, price, budget, ledger } = options;
  if (budget !== undefined && (price === undefined || ledger === undefined))
    throw new InvalidInputError(
      'Cannot keep FOVEA_VISION_BUDGET without FOVEA_VISION_PRICE: what a million tokens cost, in and out, e.g. "0.15/0.6"',
    );
  const gate = createRequestGate({ concurrency, ...(perMinute === undefined ? {} : { perMinute }) });
  const book = ledger === undefined ? undefined : openLedger(ledger, price ?? { input: 0, output: 0 });
  const exhausted = (): Promise<string | undefined> => overBudget(book, budget);
  const parts: Parts = { server, gate, timing, book, exhausted, dialects: new Map(), answered: new Set() };
  return {
    name: server.model,
    origin: new URL(server.url).origin,
    exhausted,
    ask: (pictures, question) => askAll(parts, pictures, question),
  };
}

/** How a model's server wants to be asked; learnt from its refusals. */
interface Dialect {
  temperature: boolean;
  lengthName: 'max_tokens' | 'max_completion_tokens';
}

interface Parts {
  readonly server: ModelServer;
  readonly gate: ReturnType<typeof createRequestGate>;
  readonly timing: VisionTiming;
  readonly book: Ledger | undefined;
  readonly exhausted: () => Promise<string | undefined>;
  readonly dialects: Map<string, Dialect>;
  /** Models that have answered: a refusal of theirs is about the picture. */
  readonly answered: Set<string>;
}

async function overBudget(book: Ledger | undefined, budget: number | undefined): Promise<string | undefined> {
  if (book === undefined || budget === undefined) return undefined;
  const { cost, requests, inputTokens, outputTokens } = await book.total();
  if (cost < budget) return undefined;
  const facts = `${requests} requests, ${inputTokens} tokens in, ${outputTokens} out`;
  return `descriptions have cost ${Number(cost.toPrecision(4))} of the ${budget} that FOVEA_VISION_BUDGET allows (${facts}); raise it and start Fovea again`;
}

async function askAll(
  parts: Parts,
  pictures: readonly Picture[],
  question: VisionQuestion,
): Promise<ReadonlyMap<string, VisionReply | Error>> {
  const results = new Map<string, VisionReply | Error>();
  /** Failed since the last answer. */
  const streak = new Set<string>();
  let stopped: EndpointUnavailableError | undefined;
  const one = async ({ id, jpeg }: Picture): Promise<void> => {
    const outcome = await askOne(parts, jpeg, question, () => stopped);
    results.set(id, 'reply' in outcome ? outcome.reply : outcome.error);
    if ('reply' in outcome) {
      parts.answered.add(question.model);
      return streak.clear();
    }
    if (outcome.error instanceof EndpointUnavailableError) stopped ??= outcome.error;
    else if (outcome.passes || !parts.answered.has(question.model)) streak.add(id);
    if (streak.size >= MAX_STREAK)
      stopped ??= new EndpointUnavailableError(
        `${outcome.error.message}, and so for ${streak.size} pictures in a row; the others wait`,
      );
  };
  await Promise.all(pictures.map(one));
  if (stopped !== undefined && streak.size >= MAX_STREAK) for (const id of streak) results.set(id, stopped);
  return new Map(pictures.map(({ id }) => [id, results.get(id) ?? new TypeError('Cannot tell what became of it')]));
}

type Outcome =
  | { readonly reply: Reply }
  | {
      readonly error: Error;
      /** It may go well another time. */
      readonly passes: boolean;
      /** Worth another try at once, after so long; `undefined`: after a time of our own. */
      readonly again?: { readonly afterMs: number | undefined };
    };

async function askOne(
  parts: Parts,
  jpeg: Picture['jpeg'],
  question: VisionQuestion,
  stopped: () => EndpointUnavailableError | undefined,
): Promise<Outcome> {
  const { gate, timing } = parts;
  for (let tries = 1; ; tries++) {
    const outcome = await gate.run(async (): Promise<Outcome> => {
      const stop = stopped();
      return stop === undefined ? tryOnce(parts, jpeg, question) : { error: stop, passes: true };
    });
    if ('reply' in outcome || outcome.again === undefined) return outcome;
    const { afterMs } = outcome.again;
    if (afterMs !== undefined && afterMs > timing.longestPauseMs) return ofServer(outcome.error);
    // Others would be refused as well.
    if (afterMs !== undefined) gate.pause(afterMs);
    // Too often is about all pictures, however often it is said.
    if (tries >= MAX_TRIES) return afterMs === undefined ? outcome : ofServer(outcome.error);
    await sleep(afterMs ?? timing.backoffMs * 2 ** (tries - 1));
  }
}

/** A failure that is no picture's. */
function ofServer(error: Error): Outcome {
  return { error: new EndpointUnavailableError(error.message, { cause: error }), passes: true };
}

async function tryOnce(parts: Parts, jpeg: Picture['jpeg'], question: VisionQuestion): Promise<Outcome> {
  const server: ModelServer = { ...parts.server, model: question.model };
  try {
    const exhausted = await parts.exhausted();
    if (exhausted !== undefined) return ofServer(new UnavailableError(`${failed(server)}: ${exhausted}`));
    const answer = await answerTo(parts, server, await jpeg(), question);
    if (answer.status !== 200) return refused(server, answer);
    const reply = replyOf(server, answer.text);
    await parts.book?.add({
      model: question.model,
      // Who counts none is not free: a picture of 768 pixels is some 800 tokens for those who do.
      inputTokens: reply.inputTokens ?? UNCOUNTED_INPUT,
      outputTokens: reply.outputTokens ?? question.maxTokens,
    });
    return { reply };
  } catch (error) {
    return thrown(error);
  }
}

const UNCOUNTED_INPUT = 1000;

function thrown(error: unknown): Outcome {
  if (!(error instanceof FoveaError)) return { error: asError(error), passes: true };
  if (error instanceof UnavailableError && isUnreachable(error.cause)) return ofServer(error);
  // A reply without end may be another one the next time: the limit is no limit on the picture.
  return { error: error.code === 'limit' ? new UnavailableError(error.message) : error, passes: true };
}

/** Nobody is there, or somebody whom nobody vouches for; other errors of the network are of this one connection. */
const UNREACHABLE =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_\w+|ERR_SSL_\w+|\w*CERT\w*)$/;

function isUnreachable(cause: unknown): boolean {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error && 'code' in inner && UNREACHABLE.test(String(inner.code));
}

/** What a status says of the picture and of the server. */
function refused(server: ModelServer, answer: Answer): Outcome {
  const error = refusal(server, answer);
  const { status } = answer;
  const again = { afterMs: retryAfterMs(answer.retryAfter) };
  if (status === 429) return { error, passes: true, again: { afterMs: again.afterMs ?? DEFAULT_PAUSE_MS } };
  if (status === 408 || status >= 500) return { error, passes: true, again };
  if ([400, 413, 415, 422].includes(status))
    return { error: new InvalidInputError(`${error.message}; it may not take this picture`), passes: false };
  return ofServer(error);
}

/** Where a server says "too many" and not until when. */
const DEFAULT_PAUSE_MS = 5000;

/** Asks, and once more in the way that the server asks for. */
async function answerTo(
  { dialects }: Parts,
  server: ModelServer,
  jpeg: Uint8Array,
  question: VisionQuestion,
): Promise<Answer> {
  const dialect = dialects.get(server.model) ?? { temperature: true, lengthName: 'max_tokens' };
  dialects.set(server.model, dialect);
  const before = { ...dialect };
  const answer = await exchange(server, bodyOf(dialect, jpeg, question));
  if (answer.status !== 400) return answer;
  if (before.lengthName === 'max_tokens' && answer.text.includes('max_completion_tokens'))
    dialect.lengthName = 'max_completion_tokens';
  else if (before.temperature && /temperature/i.test(answer.text)) dialect.temperature = false;
  else return answer;
  return exchange(server, bodyOf(dialect, jpeg, question));
}

function bodyOf(dialect: Dialect, jpeg: Uint8Array, { model, system, prompt, maxTokens }: VisionQuestion): unknown {
  const url = `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`;
  return {
    model,
    messages: [
      { role: 'system', content: system },
      {
        role: 'user',
        content: [
          { type: 'text', text: prompt },
          { type: 'image_url', image_url: { url } },
        ],
      },
    ],
    stream: false,
    [dialect.lengthName]: maxTokens,
    ...(dialect.temperature ? { temperature: 0 } : {}),
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
