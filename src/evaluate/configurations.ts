/**
 * Ways to search that are compared, as a command line says them.
 *
 *     --legs vector,text,hybrid --compare k=10,k=60+text=2      vector · text · hybrid k=10 · hybrid k=60 text=2
 *
 * @module
 */
import type { SearchOptions } from '../client/index.ts';
import { didYouMean, InvalidInputError } from '../contract/index.ts';

/** What a search asks for besides its words and how many hits. */
export type ConfiguredRequest = Omit<SearchOptions, 'query' | 'limit' | 'cursor' | 'explain' | 'signal'>;

export interface Configuration {
  /** Distinct; what tables, run files and plots call it. */
  readonly name: string;
  readonly request: ConfiguredRequest;
}

/** Legs by their name here; `default` is what a search does that says nothing. */
const LEGS: Readonly<Record<string, ConfiguredRequest>> = {
  default: {},
  vector: { legs: ['vector'] },
  text: { legs: ['text'] },
  hybrid: { legs: ['vector', 'text'] },
};

interface Setting {
  readonly name: string;
  readonly fusion: NonNullable<ConfiguredRequest['fusion']>;
  readonly index: string | undefined;
}

/**
 * Each of the legs with each of the settings. Settings of the fusion change nothing for one leg alone, so that is there once.
 *
 * @param legs `vector`, `text`, `hybrid`, `default`; none: `default`.
 * @param settings `k=10`, `depth=200`, `index=<name>`, `<leg or index>=<weight>`; several at once joined by `+`.
 * @param common Conditions that all have.
 * @throws InvalidInputError for what is none of these.
 */
export function configurationsOf(
  legs: readonly string[],
  settings: readonly string[],
  common: ConfiguredRequest = {},
): Configuration[] {
  const parsed = settings.length === 0 ? [{ name: '', fusion: {}, index: undefined }] : settings.map(settingOf);
  const found = new Map<string, Configuration>();
  for (const leg of legs.length === 0 ? ['default'] : legs) {
    const request = LEGS[leg];
    if (request === undefined) {
      throw new InvalidInputError(
        `Cannot evaluate leg "${leg}": there are ${Object.keys(LEGS)
          .map((name) => `"${name}"`)
          .join(', ')}${didYouMean(leg, Object.keys(LEGS))}`,
      );
    }
    const alone = leg === 'vector' || leg === 'text';
    for (const setting of parsed) {
      const { name, fusion, index } = alone ? { ...setting, name: indexName(setting), fusion: {} } : setting;
      const full = name === '' ? leg : legs.length === 0 ? name : `${leg} ${name}`;
      found.set(full, {
        name: full,
        request: {
          ...common,
          ...request,
          ...(Object.keys(fusion).length === 0 ? {} : { fusion }),
          ...(index === undefined ? {} : { index }),
        },
      });
    }
  }
  return [...found.values()];
}

function settingOf(text: string): Setting {
  const numbers: { k?: number; depth?: number } = {};
  const weights: Record<string, number> = {};
  let index: string | undefined;
  for (const part of text.split('+')) {
    const at = part.indexOf('=');
    const [key, value] = [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    if (at < 1 || value === '') {
      throw new InvalidInputError(
        `Cannot compare "${text}": write k=10, depth=200, index=<name> or <leg>=<weight>; several at once as k=10+text=2`,
      );
    }
    if (key === 'index') index = value;
    else if (key === 'k' || key === 'depth') numbers[key] = numberOf(key, value);
    else weights[key] = numberOf(key, value);
  }
  const fusion = { ...numbers, ...(Object.keys(weights).length === 0 ? {} : { weights }) };
  return { name: text.replaceAll('+', ' '), fusion, index };
}

function indexName({ index }: Setting): string {
  return index === undefined ? '' : `index=${index}`;
}

function numberOf(key: string, value: string): number {
  const number = Number(value);
  if (Number.isFinite(number)) return number;
  throw new InvalidInputError(`Cannot compare with ${key}=${value}: "${value}" is no number`);
}
