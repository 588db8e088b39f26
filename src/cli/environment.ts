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
  const count = (name: string, most: number): number | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (Number.isInteger(number) && number >= 0 && number <= most) return number;
    throw new InvalidInputError(`Cannot use ${name}="${value}": it must be a whole number from 0 to ${most}`);
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
      ...optional('languageModel', languageModel(text)),
      ...optional('database', text('FOVEA_DATABASE_URL')),
      ...optional('cache', text('FOVEA_CACHE')),
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

/** Where and which; a key alone, or half of it, is a slip that would show at the first question only. */
function languageModel(text: (name: string) => string | undefined): EngineOptions['languageModel'] {
  const [url, model, key] = ['FOVEA_LLM_URL', 'FOVEA_LLM_MODEL', 'FOVEA_LLM_KEY'].map(text);
  if (url !== undefined && model !== undefined) return { url, model, ...optional('key', key) };
  if (url === undefined && model === undefined) return undefined;
  const [given, missing] =
    url === undefined ? ['FOVEA_LLM_MODEL', 'FOVEA_LLM_URL'] : ['FOVEA_LLM_URL', 'FOVEA_LLM_MODEL'];
  throw new InvalidInputError(
    `Cannot use ${given} without ${missing}: a language model has an address and a name there`,
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
