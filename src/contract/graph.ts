/**
 * Extraction graphs: named policies, each an extractor with parameters and the content it takes.
 *
 * @module
 */
import { z } from 'zod';
import { OutputSpec } from './feature.ts';
import { GraphName, MAX_INDEX_NAME_BYTES, PolicyName, SourceName } from './names.ts';

/** A condition on a content's labels: `key OP value`; a key that is missing never matches. */
export const LabelFilter = z.object({
  key: z.string().min(1),
  op: z.enum(['=', '!=', '>', '<', '>=', '<=']),
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
});
export type LabelFilter = z.infer<typeof LabelFilter>;

export const PolicySpec = z.strictObject({
  name: PolicyName,
  /** Name or alias of a registered extractor, e.g. `image/yolo`. */
  extractor: z.string().min(1),
  params: z.record(z.string(), z.unknown()).default({}),
  /** Another policy of this graph, or `<graph>.<policy>` of another, whose boxes it takes; absent: contents as they were added. */
  contentSource: SourceName.optional(),
  filter: z.array(LabelFilter).default([]),
});
export type PolicySpec = z.infer<typeof PolicySpec>;

export const GraphSpec = z.strictObject({
  name: GraphName,
  description: z.string().optional(),
  policies: z.array(PolicySpec).min(1).max(1000),
});
export type GraphSpec = z.infer<typeof GraphSpec>;

/** `building`: back-filling beside the version in use; `active`: what views and searches show. */
export const PolicyState = z.enum(['building', 'active']);
export type PolicyState = z.infer<typeof PolicyState>;

/** A policy as it stands in the database: what was asked, and what it was resolved to. */
export const Policy = z.object({
  id: z.int(),
  graph: z.string(),
  name: z.string(),
  version: z.int(),
  state: PolicyState,
  /** Canonical name of the extractor and the version of it that was pinned. */
  extractor: z.string(),
  extractorVersion: z.string(),
  params: z.record(z.string(), z.unknown()),
  contentSource: z.string().optional(),
  filter: z.array(LabelFilter),
  output: OutputSpec,
  /** Mime patterns of contents it takes, e.g. `image/*`. */
  accepts: z.array(z.string()),
  /** Hash of what makes two vectors comparable; absent without vectors. */
  space: z.string().optional(),
  /** Model that `auto` or the parameter was resolved to, for people. */
  model: z.string().optional(),
  /** Why its tasks wait (a model that is missing), for people; absent when they don't. */
  waitingFor: z.string().optional(),
});
export type Policy = z.infer<typeof Policy>;

export const Graph = z.object({
  name: z.string(),
  description: z.string().optional(),
  spec: GraphSpec,
  /** The specification as YAML, in Indexify's spelling; applying it changes nothing. */
  yaml: z.string(),
  policies: z.array(Policy),
});
export type Graph = z.infer<typeof Graph>;

type Named = Pick<Policy, 'graph' | 'name'>;

/** The policy that a policy's `contentSource` names; undefined where it takes contents as they were added. */
export function sourcePolicy({ graph, contentSource }: Pick<Policy, 'graph' | 'contentSource'>): Named | undefined {
  if (contentSource === undefined) return undefined;
  const dot = contentSource.indexOf('.');
  if (dot === -1) return { graph, name: contentSource };
  return { graph: contentSource.slice(0, dot), name: contentSource.slice(dot + 1) };
}

/** Whether a policy takes the boxes of that one. */
export function takesFrom(policy: Pick<Policy, 'graph' | 'contentSource'>, source: Named): boolean {
  const named = sourcePolicy(policy);
  return named !== undefined && named.graph === source.graph && named.name === source.name;
}

/** Whether a policy takes the texts of its source's rows instead of boxes: its extractor accepts texts and nothing else. */
export function takesTexts({
  accepts,
  contentSource,
}: {
  readonly accepts: readonly string[];
  readonly contentSource?: string | undefined;
}): boolean {
  return contentSource !== undefined && accepts.length > 0 && accepts.every((pattern) => pattern.startsWith('text/'));
}

/** How a policy of `graph` names that one. */
export function seenFrom(graph: string, policy: Named): string {
  return policy.graph === graph ? policy.name : `${policy.graph}.${policy.name}`;
}

/** A link: policies of `linkedGraph` that start at contents run on the boxes of a policy of this graph, too. */
export const GraphLink = z.object({
  /** A policy of this graph that finds boxes; empty: contents as they were added. */
  contentSource: z.string(),
  linkedGraph: GraphName,
});
export type GraphLink = z.infer<typeof GraphLink>;

export const LinkGraphsRequest = z.strictObject({
  /** As in a link; `ingestion` is the same as empty. */
  contentSource: z.string().max(MAX_INDEX_NAME_BYTES).default(''),
  linkedGraph: GraphName,
});

/** A link with the graph that it starts from. */
export interface GraphLinkRecord extends GraphLink {
  readonly graph: string;
}

export const GraphLinkList = z.object({ links: z.array(GraphLink) });

/** What a link does not do. */
export const LinkedGraphs = z.object({ warnings: z.array(z.string()) });

/** What applying a graph does to one policy. */
export const PolicyChange = z.object({
  /** Policies of other graphs change, or go, that take the boxes of one that does. */
  graph: z.string(),
  policy: z.string(),
  /** `change`: a new version is built beside the old one; `extra`: not in the file, and kept. */
  action: z.enum(['add', 'change', 'keep', 'extra', 'remove']),
  /** Why it changes, a clause each: `conf 0.25 → 0.5`. */
  reasons: z.array(z.string()),
  /** Contents that are there now and that it is to extract; of a policy whose source is new, all that the source takes. */
  contents: z.int(),
});
export type PolicyChange = z.infer<typeof PolicyChange>;

/** What applying a graph does; `--dry-run` prints it. */
export const GraphChange = z.object({
  graph: z.string(),
  created: z.boolean(),
  added: z.array(z.string()),
  /** New version built beside the old one. */
  changed: z.array(z.string()),
  unchanged: z.array(z.string()),
  /** In the database and not in the file: kept, unless pruned. */
  extra: z.array(z.string()),
  removed: z.array(z.string()),
  /** The same by policy, sources before those that take from them, with those of other graphs. */
  policies: z.array(PolicyChange),
  warnings: z.array(z.string()),
});
export type GraphChange = z.infer<typeof GraphChange>;

export const ApplyGraphRequest = z.strictObject({
  /** YAML or JSON text of one graph. Exactly one of `text` and `graph`. */
  text: z.string().optional(),
  graph: GraphSpec.optional(),
  /** `merge` adds and changes policies; `apply` also reports what is extra. */
  mode: z.enum(['merge', 'apply']).default('apply'),
  prune: z.boolean().default(false),
  dryRun: z.boolean().default(false),
});
export type ApplyGraphRequest = z.infer<typeof ApplyGraphRequest>;

/** An extractor as `fovea extractors` shows it. */
export const ExtractorInfo = z.object({
  name: z.string(),
  version: z.string(),
  summary: z.string(),
  aliases: z.array(z.string()),
  accepts: z.array(z.string()),
  /** JSON Schema of the parameters. */
  params: z.record(z.string(), z.unknown()),
  /** Output with default parameters; absent where that needs a model that is not here. */
  output: OutputSpec.optional(),
  /** The model that default parameters come to; absent where it has none, or waits for it. */
  model: z.string().optional(),
  /** Its model can't be had: why, and how to get it. */
  waitingFor: z.string().optional(),
});
export type ExtractorInfo = z.infer<typeof ExtractorInfo>;
