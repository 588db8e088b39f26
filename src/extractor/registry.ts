/**
 * The extractors that a process knows, by name and alias. A plain object that is passed on; there is no global one.
 *
 * @module
 */
import { z } from 'zod';
import { closestName, NotFoundError } from '../contract/index.ts';
import type { ExtractorInfo } from '../contract/index.ts';
import { outputOf } from './define.ts';
import { ExtractorDefinitionError } from './errors.ts';
import type { Extractor } from './types.ts';
import type { Models } from '../models/types.ts';

/** Indexify's hub wrote `hub://image/yolo` for `image/yolo`. */
const HUB_PREFIX = 'hub://';

export interface ExtractorRegistry {
  /** Canonical names, sorted. */
  readonly names: readonly string[];
  /**
   * The extractor of that name or alias, with or without `hub://`.
   *
   * @throws NotFoundError with the nearest name.
   */
  get(name: string): Extractor;
  has(name: string): boolean;
  /** Every extractor, sorted by name. With `models`, also its output with default parameters, where its model is here. */
  list(models?: Models): Promise<ExtractorInfo[]>;
}

/**
 * Makes a registry.
 *
 * @throws ExtractorDefinitionError where two extractors answer to one name.
 */
export function createRegistry(extractors: readonly Extractor[]): ExtractorRegistry {
  const byName = new Map<string, Extractor>();
  for (const extractor of extractors) {
    for (const name of new Set([extractor.name, ...extractor.aliases])) {
      const key = withoutHub(name);
      const other = byName.get(key);
      if (other !== undefined && other !== extractor) {
        throw new ExtractorDefinitionError(extractor.name, `"${name}" is taken by extractor "${other.name}"`);
      }
      byName.set(key, extractor);
    }
  }
  const names = extractors.map(({ name }) => name).toSorted();
  return {
    names,
    get: (name) => {
      const extractor = byName.get(withoutHub(name));
      if (extractor !== undefined) return extractor;
      const closest = closestName(withoutHub(name), [...byName.keys()]);
      const known = `known: ${names.map((each) => `"${each}"`).join(', ')}`;
      throw new NotFoundError(
        'extractor',
        name,
        names,
        closest === undefined ? undefined : `did you mean "${closest}"? ${known}`,
      );
    },
    has: (name) => byName.has(withoutHub(name)),
    list: (models) =>
      Promise.all([...extractors].toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((each) => info(each, models))),
  };
}

async function info(extractor: Extractor, models: Models | undefined): Promise<ExtractorInfo> {
  const { name, version, summary, aliases, accepts, params } = extractor;
  const output = models === undefined ? undefined : await defaultOutput(extractor, models);
  return {
    name,
    version,
    summary,
    aliases: [...aliases],
    accepts: [...accepts],
    params: { ...z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }) },
    ...(output === undefined ? {} : { output }),
  };
}

/** Undefined where a model is missing or a parameter has no default: a list must not fail for that. */
async function defaultOutput(extractor: Extractor, models: Models): Promise<ExtractorInfo['output']> {
  try {
    return outputOf(await extractor.describe({}, models));
  } catch {
    return undefined;
  }
}

function withoutHub(name: string): string {
  return name.startsWith(HUB_PREFIX) ? name.slice(HUB_PREFIX.length) : name;
}
