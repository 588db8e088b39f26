/**
 * The extractors that a process knows, by name and alias. A plain object that is passed on; there is no global one.
 *
 * @module
 */
import { z } from 'zod';
import { bareExtractorName, ModelUnavailableError, NotFoundError, unknownExtractorHint } from '../contract/index.ts';
import type { ExtractorInfo } from '../contract/index.ts';
import { outputOf } from './define.ts';
import { ExtractorDefinitionError } from './errors.ts';
import type { Extractor } from './types.ts';
import type { Models } from '../models/types.ts';

export interface ExtractorRegistry {
  /** Canonical names, sorted. */
  readonly names: readonly string[];
  /** Canonical names of those that workers run beside the others. */
  readonly apart: readonly string[];
  /**
   * The extractor of that name or alias, in any form that Indexify wrote it.
   *
   * @throws NotFoundError with the nearest name, or with what Indexify had by that name.
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
      const key = bareExtractorName(name);
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
    apart: names.filter((name) => byName.get(name)?.apart === true),
    get: (name) => {
      const extractor = byName.get(bareExtractorName(name));
      if (extractor !== undefined) return extractor;
      const hint = unknownExtractorHint(name, extractors);
      const known = names.map((each) => `"${each}"`).join(', ');
      throw new NotFoundError('extractor', name, names, hint === undefined ? undefined : `${hint}; known: ${known}`);
    },
    has: (name) => byName.has(bareExtractorName(name)),
    list: (models) =>
      Promise.all(
        [...extractors]
          .toSorted((a, b) => (a.name < b.name ? -1 : 1))
          // A parameter without a default, or a broken description, must not take the others from the list.
          .map((each) => extractorInfo(each, models).catch(() => extractorInfo(each))),
      ),
  };
}

/**
 * An extractor for people. With `models`, also what it writes with these parameters; where its model is missing it says
 * why.
 *
 * @throws InvalidInputError for parameters that it does not take.
 */
export async function extractorInfo(
  extractor: Extractor,
  models?: Models,
  given: Readonly<Record<string, unknown>> = {},
): Promise<ExtractorInfo> {
  const { name, version, summary, aliases, accepts, params } = extractor;
  return {
    name,
    version,
    summary,
    aliases: [...aliases],
    accepts: [...accepts],
    params: { ...z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }) },
    ...(models === undefined ? {} : await outcome(extractor, models, given)),
  };
}

async function outcome(
  extractor: Extractor,
  models: Models,
  params: Readonly<Record<string, unknown>>,
): Promise<Pick<ExtractorInfo, 'output' | 'model' | 'waitingFor'>> {
  try {
    const description = await extractor.describe(params, models);
    const { model, waitingFor } = description;
    return {
      output: outputOf(description),
      ...(model === undefined || waitingFor !== undefined ? {} : { model }),
      ...(waitingFor === undefined ? {} : { waitingFor }),
    };
  } catch (error) {
    if (error instanceof ModelUnavailableError) return { waitingFor: error.message };
    throw error;
  }
}
