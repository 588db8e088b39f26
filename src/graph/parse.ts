/**
 * Text → graph. YAML or JSON, in Indexify's spelling or ours; strict, and with every fault at once, each with its line
 * and what was probably meant.
 *
 * @module
 */
import { sourcePolicy } from '../contract/index.ts';
import type { GraphSpec, PolicySpec } from '../contract/index.ts';
import { checkGraph } from './check.ts';
import type { GraphOptions } from './check.ts';
import { Faults } from './faults.ts';
import type { Place } from './faults.ts';
import { locateText, locateValue, placeAtPath } from './located.ts';
import type { Located } from './located.ts';
import { readGraph } from './read.ts';
import type { DraftGraph, DraftPolicy } from './read.ts';

/** A graph without faults. */
export interface ParsedGraph {
  /** Extractors are named as they were written, by name or alias. */
  readonly graph: GraphSpec;
  /** Sentences for the user: old keys that were translated, conditions that never hold. */
  readonly warnings: readonly string[];
  /** The place of a path into `graph` (e.g. `policies.0.params.model`) or of what is around it, for faults found later. */
  readonly placeOf: (path: string) => Place | undefined;
}

/**
 * Reads a graph from YAML or JSON.
 *
 * @throws InvalidInputError with all faults in `issues` (paths in the text's own spelling) and listed in the message.
 */
export function parseGraph(text: string, options: GraphOptions): ParsedGraph {
  const faults = new Faults();
  const root = locateText(text, faults);
  faults.throwIfAny(undefined);
  return build(root ?? locateValue(null), options, faults);
}

/**
 * Reads a graph from a parsed body, in either spelling; faults have paths and no lines.
 *
 * @throws InvalidInputError as {@link parseGraph}.
 */
export function parseGraphValue(value: unknown, options: GraphOptions): ParsedGraph {
  return build(locateValue(value), options, new Faults());
}

function build(root: Located, options: GraphOptions, faults: Faults): ParsedGraph {
  const warnings: string[] = [];
  const draft = withOwnSources(readGraph(root, faults, warnings));
  checkGraph(draft, options, faults, warnings);
  faults.throwIfAny(draft.name);
  const { name = '', description, policies } = draft;
  return {
    graph: { name, ...(description === undefined ? {} : { description }), policies: policies.map(policySpec) },
    warnings,
    placeOf: (path) => {
      const [, index = '', field, ...steps] = path.split('.');
      const policy = policies[Number(index)];
      if (!path.startsWith('policies.') || policy === undefined) return placeAtPath(root, [path]);
      return placeAtPath(policy.map, field === undefined ? [] : [policy.spelling[field] ?? field, ...steps]);
    },
  };
}

/** A policy of the graph itself may be named with the graph's name in front. */
function withOwnSources(draft: DraftGraph): DraftGraph {
  const policies = draft.policies.map((policy): DraftPolicy => {
    const source = sourcePolicy({ graph: draft.name ?? '', contentSource: policy.contentSource });
    return source?.graph === draft.name ? { ...policy, contentSource: source?.name } : policy;
  });
  return { ...draft, policies };
}

function policySpec({ name = '', extractor = '', params, contentSource, filter }: DraftPolicy): PolicySpec {
  return {
    name,
    extractor,
    params: { ...params },
    ...(contentSource === undefined ? {} : { contentSource }),
    filter: [...filter],
  };
}
