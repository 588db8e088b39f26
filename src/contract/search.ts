/**
 * One search request and its hits.
 *
 * @module
 */
import { z } from 'zod';
import { BoundingBox } from './detection.ts';
import { ContentId } from './content.ts';
import { LabelFilter } from './graph.ts';

/** A content, or a part of it, whose vector is what is looked for. */
export const Like = z.strictObject({
  contentId: ContentId,
  /** Part of the picture, in pixels of the upright original. */
  region: BoundingBox.optional(),
});
export type Like = z.infer<typeof Like>;

export const SearchRequest = z.strictObject({
  /** Words. At least one of `query`, `image`, `like`, `where`, `labels`. */
  query: z.string().min(1).max(2000).optional(),
  /** A picture file's bytes in base64, at most 32 MiB of them. */
  image: z.base64().max(45_000_000).optional(),
  /** Part of `image`, in pixels of it upright. */
  region: BoundingBox.optional(),
  like: Like.optional(),
  /** SQL condition over columns of the view `content` (alias `c`), e.g. `width > 1000`. */
  where: z.string().max(20_000).optional(),
  /** `key=value`: all must hold. */
  labels: z.array(z.string()).default([]),
  /** Conditions on labels, e.g. `{ key: 'size', op: '>=', value: 10 }`: all must hold. */
  filter: z.array(LabelFilter).max(100).default([]),
  /** An index `<graph>.<policy>.<output>`; absent: the only one that fits the query. */
  index: z.string().optional(),
  limit: z.int().min(1).max(1000).default(20),
  cursor: z.string().optional(),
  explain: z.boolean().default(false),
});
export type SearchRequest = z.output<typeof SearchRequest>;
export type SearchInput = z.input<typeof SearchRequest>;

export const Hit = z.object({
  contentId: ContentId,
  name: z.string(),
  uri: z.string().nullable(),
  mimeType: z.string(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  labels: z.record(z.string(), z.unknown()),
  /** Cosine in [-1, 1]; null where no vector was asked for. */
  similarity: z.number().nullable(),
  /** The row that matched, where the index has several a content (boxes): its `ord` and box. */
  ord: z.int().nullable(),
  region: BoundingBox.nullable(),
});
export type Hit = z.infer<typeof Hit>;

export const SearchPlan = z.object({
  index: z.string().nullable(),
  /** How rows were found: `exact` scan, `hnsw` index, `filter-first` (exact over what the filter leaves), `listing` without a vector. */
  path: z.enum(['exact', 'hnsw', 'filter-first', 'listing']),
  efSearch: z.int().nullable(),
  rows: z.int(),
  filteredRows: z.int().nullable(),
  timings: z.record(z.string(), z.number()),
});
export type SearchPlan = z.infer<typeof SearchPlan>;

export const SearchResponse = z.object({
  hits: z.array(Hit),
  /** Contents that pass the filters. */
  total: z.int(),
  cursor: z.string().optional(),
  /** How much of the namespace the index covers now. */
  indexed: z.object({ done: z.int(), total: z.int() }),
  notes: z.array(z.string()),
  plan: SearchPlan.optional(),
});
export type SearchResponse = z.infer<typeof SearchResponse>;

export const IndexInfo = z.object({
  name: z.string(),
  graph: z.string(),
  policy: z.string(),
  output: z.string(),
  dimension: z.int(),
  metric: z.string(),
  rows: z.int(),
  space: z.string(),
  model: z.string().nullable(),
  hnsw: z.boolean(),
});
export type IndexInfo = z.infer<typeof IndexInfo>;

export const TableInfo = z.object({
  name: z.string(),
  columns: z.array(
    z.object({ name: z.string(), type: z.string(), unit: z.string().optional(), description: z.string().optional() }),
  ),
  /** What `create table` would look like; for people and language models. */
  ddl: z.string(),
});
export type TableInfo = z.infer<typeof TableInfo>;

export const SqlRequest = z.strictObject({
  query: z.string().min(1),
  /** Values of `$1`, `$2`, … */
  params: z.array(z.unknown()).max(1000).default([]),
  limit: z.int().min(1).max(100_000).default(1000),
  timeoutMs: z.int().min(1).max(600_000).optional(),
});
export type SqlRequest = z.input<typeof SqlRequest>;

export const SqlResult = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.record(z.string(), z.unknown())),
  /** True when there were more rows than `limit`, or more bytes than the door lets out. */
  truncated: z.boolean(),
  elapsedMs: z.number(),
});
export type SqlResult = z.infer<typeof SqlResult>;
