/**
 * One request to a model behind the chat-completions API of OpenAI, which Ollama, vLLM, llama.cpp and most others speak too:
 *
 *     POST <url>/chat/completions   { model, messages, … }   →   { choices: [{ message: { content } }], usage }
 *
 * Only `choices[0]` and `usage` are read, so that no version of the API has to be known, and nothing of a reply is ever run or
 * followed.
 *
 * @module
 */
import { z } from 'zod';
import { InvalidInputError, LimitError, TimeoutError, UnavailableError } from '../contract/index.ts';

export interface ModelServerOptions {
  /** Base of the API, e.g. `http://127.0.0.1:11434/v1` or `https://api.openai.com/v1`. */
  readonly url: string;
  /** As the server names it. */
  readonly model: string;
  /** Sent as `Authorization: Bearer …` to that URL and nowhere else; never logged or shown. */
  readonly key?: string;
  /** For one reply. Default 120,000. */
  readonly timeoutMs?: number;
}

/** A server whose address and key were checked. */
export interface ModelServer {
  readonly url: string;
  readonly model: string;
  readonly key: string | undefined;
  readonly timeoutMs: number;
  /** What it is, in sentences: `language model`. */
  readonly kind: string;
  /** Start of the variables of the environment that set it: `FOVEA_LLM`. */
  readonly variables: string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | null;
}

/** What a model said. */
export interface Reply {
  /** Never empty. */
  readonly words: string;
  /** Tokens that the server counted; null where it tells none. */
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

const TIMEOUT_MS = 120_000;
const MAX_REPLY_BYTES = 1024 * 1024;
/** Characters of what a server says of a failure. */
const MAX_REASON = 300;

const ContentPart = z.object({ text: z.string().optional() });
const Tokens = z.int().nonnegative().nullish().catch(null);
const Completion = z.object({
  choices: z
    .array(z.object({ message: z.object({ content: z.union([z.string(), z.array(ContentPart)]).nullish() }) }))
    .min(1),
  usage: z.object({ prompt_tokens: Tokens, completion_tokens: Tokens }).nullish().catch(null),
});

/** @throws InvalidInputError for an address or a key that can't be used; asks nobody. */
export function modelServer(
  { url, model, key, timeoutMs = TIMEOUT_MS }: ModelServerOptions,
  kind: string,
  variables: string,
): ModelServer {
  return {
    url: addressOf(url, kind, variables),
    model,
    key: checkedKey(key, kind, variables),
    timeoutMs,
    kind,
    variables,
  };
}

function addressOf(url: string, kind: string, variables: string): string {
  const refuse = (reason: string): InvalidInputError =>
    new InvalidInputError(
      `Cannot use that address of a ${kind} (${variables}_URL): ${reason}; one looks like "http://127.0.0.1:11434/v1" or "https://api.openai.com/v1"`,
    );
  if (!URL.canParse(url)) throw refuse('it is no URL');
  const { protocol, username, password, search, hash } = new URL(url);
  if (!/^https?:$/.test(protocol)) throw refuse(`it is of the kind "${protocol}"`);
  if (username !== '' || password !== '') throw refuse(`it holds a password; give that as ${variables}_KEY`);
  if (search !== '' || hash !== '') throw refuse('it has something behind a "?" or a "#"');
  return `${url.replace(/\/+$/, '').replace(/\/chat\/completions$/, '')}/chat/completions`;
}

/** The platform's own error for a character that no header takes would show the key. */
function checkedKey(key: string | undefined, kind: string, variables: string): string | undefined {
  if (key === undefined || /^[\x21-\x7e]+$/.test(key)) return key;
  throw new InvalidInputError(
    `Cannot use the key of the ${kind} (${variables}_KEY): it holds a space, a line break or another character that a key never has`,
  );
}

/**
 * One request within its time, ended with the signal; any status is an answer.
 *
 * @throws UnavailableError where nobody answers (its cause is the network's error); TimeoutError; LimitError for a reply without
 * end; the signal's reason.
 */
export async function exchange(server: ModelServer, body: unknown, signal?: AbortSignal): Promise<Answer> {
  const { url, key, timeoutMs } = server;
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json',
        ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(body),
      // Whoever is redirected to would be sent the questions and the key.
      redirect: 'manual',
      signal: signal === undefined ? late : AbortSignal.any([signal, late]),
    });
    return {
      status: response.status,
      text: await readText(server, response),
      retryAfter: response.headers.get('retry-after'),
    };
  } catch (error) {
    signal?.throwIfAborted();
    if (late.aborted) throw new TimeoutError(`get an answer of the ${server.kind} "${server.model}"`, timeoutMs);
    if (error instanceof LimitError) throw error;
    throw new UnavailableError(`${failed(server)}: its server does not answer (${networkReason(error)})`, {
      cause: error,
    });
  }
}

async function readText(server: ModelServer, { body }: Response): Promise<string> {
  if (body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_REPLY_BYTES)
      throw new LimitError(`${failed(server)}: its reply has more than ${MAX_REPLY_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** What an answer of status 200 says. @throws UnavailableError where it says nothing, or is no answer of a chat API. */
export function replyOf(server: ModelServer, text: string): Reply {
  const parsed = Completion.safeParse(parseJson(text));
  const content = parsed.success ? parsed.data.choices[0]?.message.content : undefined;
  const words = typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('');
  if (words.trim() !== '') {
    const { prompt_tokens: input, completion_tokens: output } = parsed.data?.usage ?? {};
    return { words, inputTokens: input ?? null, outputTokens: output ?? null };
  }
  throw new UnavailableError(
    parsed.success
      ? `${failed(server)}: it answered without a word; it may have used up its length for thinking`
      : `${failed(server)}: its server did not answer as the chat API of OpenAI does; does ${server.variables}_URL end as its documentation says, mostly with "/v1"?`,
  );
}

/** An answer of another status, as a sentence. */
export function refusal(server: ModelServer, { status, text, retryAfter }: Answer): UnavailableError {
  const said = reasonIn(server, text);
  const because = (reason: string): UnavailableError => new UnavailableError(`${failed(server)}: ${reason}${said}`);
  if (status >= 300 && status < 400)
    return because(`its server redirects (${status}), which is not followed; give the address that it leads to`);
  if (status === 401 || status === 403)
    return because(`its server refuses the key (${status}); look at ${server.variables}_KEY`);
  if (status === 404) return because('its server has no such model or address (404)');
  if (status === 429) {
    const wait = retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? ` in ${retryAfter} s` : ' later';
    return because(`its server has had too many questions (429); ask again${wait}`);
  }
  return because(`its server answers with status ${status}`);
}

/** The start of every sentence about a model that could not be asked. */
export function failed({ kind, model }: Pick<ModelServer, 'kind' | 'model'>): string {
  return `Cannot ask the ${kind} "${model}"`;
}

/** What the server said of a failure, in brackets, without the key that it may repeat. */
function reasonIn({ key }: ModelServer, text: string): string {
  const parsed = z
    .object({ error: z.union([z.string(), z.object({ message: z.string() })]) })
    .safeParse(parseJson(text));
  if (!parsed.success) return '';
  const { error } = parsed.data;
  const said = (typeof error === 'string' ? error : error.message).replaceAll(/\s+/g, ' ').trim();
  const shown = key === undefined ? said : said.replaceAll(key, '…');
  return shown === '' ? '' : ` (${shown.slice(0, MAX_REASON)})`;
}

/** `ECONNREFUSED` and the like; the platform's sentence says "fetch failed" for everything. */
function networkReason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.message : String(cause);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
