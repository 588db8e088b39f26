/**
 * Graphs of an Indexify server: policies whose extractor Fovea has, under their own names. What is there already stays.
 *
 * @module
 */
import type { FoveaClient } from '../../client/index.ts';
import type { ExtractorInfo } from '../../contract/index.ts';
import {
  extractorNamed,
  FoveaError,
  InvalidInputError,
  readOldParameters,
  unknownExtractorHint,
} from '../../contract/index.ts';
import type { OldGraph, OldPolicy } from './old-server.ts';

export interface CopiedGraph {
  readonly graph: string;
  /** Policies that were made. */
  readonly added: readonly string[];
  /** Policies that were there. */
  readonly present: readonly string[];
  /** Policies that were left out, and parameters that were: sentences. */
  readonly leftOut: readonly string[];
}

/** Makes what lacks of a graph. */
export async function copyGraph(client: FoveaClient, graph: OldGraph): Promise<CopiedGraph> {
  const leftOut: string[] = [];
  const there = (await client.graphs.list()).find(({ name }) => name === graph.name);
  const names = new Set(there?.policies.map(({ name }) => name));
  const extractors = await client.extractors();
  const wanted = withSources(
    graph.extraction_policies.flatMap((policy) => translate(policy, extractors, leftOut)),
    names,
    leftOut,
  );
  const added = await apply(
    client,
    graph,
    wanted.filter(({ name }) => !names.has(name)),
    leftOut,
  );
  return {
    graph: graph.name,
    added,
    present: wanted.flatMap(({ name }) => (names.has(name) ? [name] : [])),
    leftOut: leftOut.map((sentence) => `Graph "${graph.name}": ${sentence}`),
  };
}

/** A policy as the reader of graphs takes it: Indexify's keys. */
interface Translated {
  readonly name: string;
  readonly extractor: string;
  readonly content_source?: string;
  readonly input_params?: Readonly<Record<string, unknown>>;
  readonly filter?: readonly unknown[];
  readonly filters_eq?: unknown;
}

function translate(policy: OldPolicy, extractors: readonly ExtractorInfo[], leftOut: string[]): Translated[] {
  const { name, content_source: source, input_params: params, filter, filters_eq: equal, labels_eq: labels } = policy;
  const extractor = extractorNamed(policy.extractor, extractors);
  if (extractor === undefined) {
    const hint = unknownExtractorHint(policy.extractor, extractors) ?? 'Fovea has no such extractor';
    leftOut.push(`policy "${name}" was left out: "${policy.extractor}": ${hint}`);
    return [];
  }
  const known = Object.keys(extractor.params.properties ?? {});
  const { parameters, notes } = readOldParameters(extractor.name, params ?? {});
  leftOut.push(...notes.map((note) => `parameters of policy "${name}": ${note}`));
  const ours = Object.entries(parameters).filter(([key]) => known.includes(key));
  for (const key of Object.keys(parameters).filter((each) => !known.includes(each)))
    leftOut.push(
      `parameter "${key}" of policy "${name}" was left out: "${extractor.name}" has ${known.join(', ') || 'none'}`,
    );
  return [
    {
      name,
      extractor: extractor.name,
      ...(ours.length === 0 ? {} : { input_params: Object.fromEntries(ours) }),
      ...(source === undefined || source === null || source === '' ? {} : { content_source: source }),
      // That server told equalities under both keys.
      ...(filter !== undefined && filter !== null && filter.length > 0
        ? { filter }
        : { filters_eq: equal ?? labels ?? {} }),
    },
  ];
}

/** Without those whose source was left out, and what takes from them in turn. */
function withSources(policies: readonly Translated[], there: ReadonlySet<string>, leftOut: string[]): Translated[] {
  const names = new Set([...policies.map(({ name }) => name), ...there, 'ingestion']);
  const kept = policies.filter(({ content_source: source }) => source === undefined || names.has(source));
  for (const { name, content_source: source } of policies.filter((policy) => !kept.includes(policy)))
    leftOut.push(`policy "${name}" was left out: it takes from "${source}", which there is none of`);
  return kept.length === policies.length ? kept : withSources(kept, there, leftOut);
}

/** Makes the policies; those that the server refuses are left out with its reason, and what takes from them. */
async function apply(
  client: FoveaClient,
  graph: OldGraph,
  policies: readonly Translated[],
  leftOut: string[],
): Promise<string[]> {
  if (policies.length === 0) return [];
  try {
    const description = graph.description ? { description: graph.description } : {};
    const change = await client.graphs.apply(
      JSON.stringify({ name: graph.name, ...description, extraction_policies: policies }),
      { mode: 'merge' },
    );
    return change.added;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const refused = new Map<number, string>();
    for (const { path, message } of error.issues) {
      const index = /^(?:extraction_)?policies\.(\d+)/.exec(path)?.[1];
      if (index !== undefined) refused.set(Number(index), message);
    }
    if (refused.size === 0) {
      leftOut.push(`it was left out: ${error.message}`);
      return [];
    }
    for (const [index, reason] of refused) leftOut.push(`policy "${policies[index]?.name}" was left out: ${reason}`);
    const there = (await existing(client, graph.name)).map(({ name }) => name);
    return apply(
      client,
      graph,
      withSources(
        policies.filter((_, index) => !refused.has(index)),
        new Set(there),
        leftOut,
      ),
      leftOut,
    );
  }
}

async function existing(client: FoveaClient, graph: string): Promise<readonly { name: string }[]> {
  try {
    return (await client.graphs.get(graph)).policies;
  } catch (error) {
    if (error instanceof FoveaError && error.code === 'not_found') return [];
    throw error;
  }
}
