/**
 * One search request and its hits.
 *
 * @module
 */
import { z } from 'zod';
import { BoundingBox } from './detection.ts';
import { Color, ContentId, Position } from './content.ts';
import { LabelFilter } from './graph.ts';

/** A content, or a part of it, whose vector is what is looked for. */
export const Like = z.strictObject({
  contentId: ContentId,
  /** Part of the picture, in pixels of the upright original. */
  region: BoundingBox.optional(),
});
export type Like = z.infer<typeof Like>;

/** Share of a part or of a leg beside the others; 0 leaves it out. */
const Weight = z.number().min(0).max(1000);

/** A way to rank contents: by nearness of vectors, or by the words of their texts. */
export const LegName = z.enum(['vector', 'text']);
export type LegName = z.infer<typeof LegName>;

export const SearchRequest = z.strictObject({
  /** Words. At least one of `query`, `image`, `like`, `where`, `labels`, `filter`, `has`, `not`. */
  query: z.string().min(1).max(2000).optional(),
  /** A picture file's bytes in base64, at most 32 MiB of them. */
  image: z.base64().max(45_000_000).optional(),
  /** Part of `image`, in pixels of it upright. */
  region: BoundingBox.optional(),
  like: Like.optional(),
  /** Of `query`, `image` and `like` where several are asked for: their unit vectors are summed with these. Default 1 each. */
  weights: z.strictObject({ text: Weight.optional(), image: Weight.optional(), like: Weight.optional() }).optional(),
  /**
   * Texts that hits must have: contents with a document in which all words of each of these occur. Of `query`, `text:"…"` is one of
   * these and `-text:"…"` one of `not`.
   */
  has: z.array(z.string().min(1).max(2000)).max(20).default([]),
  /** Texts that hits must not have: contents with a document in which all words of one of these occur are left out. */
  not: z.array(z.string().min(1).max(2000)).max(20).default([]),
  /** SQL condition over columns of the view `content` (alias `c`), e.g. `width > 1000`. */
  where: z.string().max(20_000).optional(),
  /** `key=value`: all must hold. */
  labels: z.array(z.string()).default([]),
  /** Conditions on labels, e.g. `{ key: 'size', op: '>=', value: 10 }`: all must hold. */
  filter: z.array(LabelFilter).max(100).default([]),
  /** An index `<graph>.<policy>.<output>`; absent: the only one that fits the query. */
  index: z.string().optional(),
  /** Several of them: each is a leg of its own. */
  indexes: z.array(z.string()).min(1).max(16).optional(),
  /**
   * Looks at what detectors found, too: at boxes whose vectors a policy made (docs/objects.md), so that any word finds an object
   * that fills little of its picture. Hits then have `regions`.
   */
  regions: z.boolean().default(false),
  /** Ways to rank. Default: all that the query can ask. */
  legs: z.array(LegName).min(1).optional(),
  /** How the ranked lists of several legs become one. Defaults are measured (docs/search.md). */
  fusion: z
    .strictObject({
      /** Constant of reciprocal rank fusion: the larger, the less the first ranks stand out. */
      k: z.number().min(0).max(10_000).optional(),
      /** Contents that each leg ranks for the fusion, whatever `limit` is. */
      depth: z.int().min(1).max(1000).optional(),
      /** By leg: `vector`, `text`, or the name of an index that is searched. */
      weights: z.record(z.string(), Weight).optional(),
    })
    .optional(),
  limit: z.int().min(1).max(1000).default(20),
  cursor: z.string().optional(),
  explain: z.boolean().default(false),
});
export type SearchRequest = z.output<typeof SearchRequest>;
export type SearchInput = z.input<typeof SearchRequest>;

/** A frame of a video that was found. */
export const Moment = Position.extend({
  /** The frame. */
  contentId: ContentId,
  /** Of its bytes (`thumbnailUrl`). */
  sha256: z.string(),
  /** As that of a hit: of one leg its own, of several the fused one; comparable within one hit only. */
  score: z.number().nullable(),
});
export type Moment = z.infer<typeof Moment>;

/** A leg that found a hit. */
export const LegEvidence = z.object({
  leg: LegName,
  /** The index where it was found: of vectors, or of texts. */
  index: z.string(),
  /** In the leg's list, from 1. */
  rank: z.int(),
  /** The leg's own: cosine, or the sum of the matched words' inverse document frequencies. */
  score: z.number(),
  weight: z.number(),
  /** Of the hit's `score`, in [0, 1]; the shares of a hit sum to 1. */
  share: z.number(),
  /** The row that matched and its box, where the index has several rows a content. */
  ord: z.int().nullable(),
  region: BoundingBox.nullable(),
  /** Words of the query that matched, as they were written. */
  words: z.array(z.string()),
  /** Of a video the frames that this leg found, best first, at most 5, with its scores. Absent for what has none. */
  moments: z.array(Moment).min(1).optional(),
});
export type LegEvidence = z.infer<typeof LegEvidence>;

/** A row of another table that met a part of `where`: of a sub-select that reads one table for the content. */
export const MatchedRow = z.object({
  /** As SQL calls it: `<graph>`, `<graph>.<policy>`, `ingestion`. */
  table: z.string(),
  ord: z.int(),
  /** The frame of the video whose row it is; absent where it is the hit's own. */
  moment: Moment.omit({ score: true }).optional(),
  /** Its box, where it has one. */
  region: BoundingBox.nullable(),
  /** The columns that the part names. */
  values: z.record(z.string(), z.unknown()),
});
export type MatchedRow = z.infer<typeof MatchedRow>;

/** Why a content is a hit. */
export const Explanation = z.object({
  /** Largest share first; empty where nothing but conditions was asked for. */
  legs: z.array(LegEvidence),
  /** Labels that were asked for, as the content has them. */
  labels: z.record(z.string(), z.unknown()),
  /** Columns of `content` that `where` names, with the hit's values. */
  conditions: z.record(z.string(), z.unknown()),
  /** Rows of other tables that met `where`, 20 at most of each of its sub-selects. */
  rows: z.array(MatchedRow),
});
export type Explanation = z.infer<typeof Explanation>;

/** A box of a hit, and how near it is to what was asked. */
export const HitRegion = z.object({
  /** The index whose row it is. */
  index: z.string(),
  ord: z.int(),
  box: BoundingBox,
  /** Cosine in [-1, 1]. */
  similarity: z.number(),
});
export type HitRegion = z.infer<typeof HitRegion>;

export const Hit = z.object({
  contentId: ContentId,
  name: z.string(),
  uri: z.string().nullable(),
  mimeType: z.string(),
  /** Of its bytes; what may be kept for ever of addresses of its files (`thumbnailUrl`). */
  sha256: z.string(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  /** The largest of its colours; null where no policy in use has found them (`image/colors`). */
  color: Color.nullable(),
  labels: z.record(z.string(), z.unknown()),
  /**
   * What hits are ordered by, larger is better; comparable within one search only. Of one leg its own score, of several
   * the fused one. Null where nothing but conditions was asked for.
   */
  score: z.number().nullable(),
  /** Cosine in [-1, 1]; null where no vector was asked for, or none found this content. */
  similarity: z.number().nullable(),
  /** The row that matched, where the index has several a content (boxes): its `ord` and box. */
  ord: z.int().nullable(),
  region: BoundingBox.nullable(),
  /**
   * Of a video the frames that were found, at most 5: best first, or by their time where nothing but conditions was asked for.
   * Absent for what has none.
   */
  moments: z.array(Moment).min(1).optional(),
  /** Where `regions` was asked for: its boxes nearest to what was asked, best first, three at most; of a video those of its first moment. */
  regions: z.array(HitRegion).optional(),
  /** Where `explain` was asked for. */
  explanation: Explanation.optional(),
});
export type Hit = z.infer<typeof Hit>;

/** How one leg was ranked. */
export const LegPlan = z.object({
  leg: z.enum(['vector', 'text', 'listing']),
  /** Indexes that were searched: one of vectors, one or more of texts, none for a listing. */
  indexes: z.array(z.string()),
  /**
   * How rows were found: `exact` scan, `hnsw` index, `filter-first` (exact over what the filter leaves), `gin` index of words,
   * `listing` of what passes the conditions.
   */
  path: z.enum(['exact', 'hnsw', 'filter-first', 'gin', 'listing']),
  /** Why this path, in a sentence. */
  reason: z.string(),
  efSearch: z.int().nullable(),
  /** Rows of the index; null for texts. */
  rows: z.int().nullable(),
  /** Contents that pass the conditions; null without any. */
  filteredRows: z.int().nullable(),
  weight: z.number(),
  /** Contents that it ranked. */
  found: z.int(),
  /** Milliseconds by step. */
  timings: z.record(z.string(), z.number()),
});
export type LegPlan = z.infer<typeof LegPlan>;

export const SearchPlan = z.object({
  legs: z.array(LegPlan),
  /** Null where one leg alone gives the order. */
  fusion: z.object({ k: z.number(), depth: z.int() }).nullable(),
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
  /** On disk: its policy's table with all indexes of it; of several outputs of a policy each has the same. */
  bytes: z.int(),
});
export type IndexInfo = z.infer<typeof IndexInfo>;

/** A table that SQL sees. */
export const TableDescription = z.object({
  name: z.string(),
  columns: z.array(
    z.object({ name: z.string(), type: z.string(), unit: z.string().optional(), description: z.string().optional() }),
  ),
  /** What `create table` would look like; for people and language models. */
  ddl: z.string(),
});
export type TableDescription = z.infer<typeof TableDescription>;

export const TableInfo = TableDescription.extend({
  /** Counted up to some ten thousand, beyond that estimated by the database. */
  rows: z.int(),
  rowsAreEstimated: z.boolean(),
  /** On disk: what holds its rows, with all indexes. Tables that show the same rows count them each. */
  bytes: z.int(),
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
