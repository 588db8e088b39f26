/**
 * The environment, read here and nowhere else, handed on as options. Empty values count as absent.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { homedir } from 'node:os';
import { InvalidInputError } from '../contract/index.ts';
import type { EngineOptions } from '../engine/index.ts';

export interface Environment {
  readonly engine: EngineOptions & { readonly home: string };
  readonly port: number;
  /** Keys that a server asks for (separated by commas), and that a client sends (the first). */
  readonly apiKeys: readonly string[];
  /** Server to talk to instead of the local one. */
  readonly server: string | undefined;
}

export const DEFAULT_PORT = 8900;

/** @throws InvalidInputError for a value that can't be used, naming the variable. */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const text = (name: string): string | undefined => variables[name] || undefined;
  const count = (name: string, most: number, least = 0): number | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidInputError(`Cannot use ${name}="${value}": it must be a whole number from ${least} to ${most}`);
  };
  const folders = (name: string): string[] => (text(name) ?? '').split(delimiter).filter(Boolean);
  const list = (name: string): string[] => (text(name) ?? '').split(',').filter(Boolean);
  const graph = text('FOVEA_GRAPH');
  const workers = count('FOVEA_WORKERS', 256);
  return {
    engine: {
      home: text('FOVEA_HOME') ?? join(homedir(), '.fovea'),
      models: folders('FOVEA_MODELS'),
      extractors: folders('FOVEA_EXTRACTORS'),
      privateHosts: list('FOVEA_PRIVATE_HOSTS'),
      hub: {
        ...optional('endpoint', text('HF_ENDPOINT')),
        ...optional('token', text('HF_TOKEN')),
        offline: ['1', 'true', 'yes', 'on'].includes((text('HF_HUB_OFFLINE') ?? '').toLowerCase()),
      },
      ...optional('languageModel', modelServer(text, 'FOVEA_LLM', 'language')),
      ...optional('visionModel', visionModel(text, count)),
      ...optional('database', text('FOVEA_DATABASE_URL')),
      ...optional('cache', text('FOVEA_CACHE')),
      ...optional('ffmpeg', text('FOVEA_FFMPEG')),
      ...optional('workers', workers),
      ...(graph === undefined ? {} : { graph: readGraphFile(graph) }),
    },
    port: count('FOVEA_PORT', 65_535) ?? DEFAULT_PORT,
    apiKeys: list('FOVEA_API_KEY'),
    server: text('FOVEA_SERVER'),
  };
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };
}

type Text = (name: string) => string | undefined;
type Count = (name: string, most: number, least?: number) => number | undefined;

/** Where and which; a key alone, or half of it, is a slip that would show at the first question only. */
function modelServer(text: Text, prefix: string, kind: string): EngineOptions['languageModel'] {
  const [url, model, key] = [`${prefix}_URL`, `${prefix}_MODEL`, `${prefix}_KEY`].map(text);
  if (url !== undefined && model !== undefined) return { url, model, ...optional('key', key) };
  if (url === undefined && model === undefined) return undefined;
  const [given, missing] = url === undefined ? ['_MODEL', '_URL'] : ['_URL', '_MODEL'];
  throw new InvalidInputError(
    `Cannot use ${prefix}${given} without ${prefix}${missing}: a ${kind} model has an address and a name there`,
  );
}

/** Somebody else's server that is shown pictures, and what it may be asked and cost. */
function visionModel(text: Text, count: Count): EngineOptions['visionModel'] {
  const server = modelServer(text, 'FOVEA_VISION', 'vision');
  if (server === undefined) return undefined;
  return {
    ...server,
    ...optional('concurrency', count('FOVEA_VISION_CONCURRENCY', 1024, 1)),
    ...optional('perMinute', count('FOVEA_VISION_PER_MINUTE', 1_000_000, 1)),
    ...optional('price', price(text('FOVEA_VISION_PRICE'))),
    ...optional('budget', budget(text('FOVEA_VISION_BUDGET'))),
  };
}

/** `0.15/0.6`: a million tokens in, and out. */
function price(value: string | undefined): { readonly input: number; readonly output: number } | undefined {
  if (value === undefined) return undefined;
  const [, input, output] = /^(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)$/.exec(value) ?? [];
  if (input !== undefined && output !== undefined) return { input: Number(input), output: Number(output) };
  throw new InvalidInputError(
    `Cannot use FOVEA_VISION_PRICE="${value}": it must be what a million tokens cost, in and out, like "0.15/0.6"`,
  );
}

function budget(value: string | undefined): number | undefined {
  if (value === undefined || /^\d+(\.\d+)?$/.test(value)) return value === undefined ? undefined : Number(value);
  throw new InvalidInputError(
    `Cannot use FOVEA_VISION_BUDGET="${value}": it must be a number, in the money of FOVEA_VISION_PRICE`,
  );
}

function readGraphFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InvalidInputError(
      `Cannot read the graph of FOVEA_GRAPH="${path}": ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
