/**
 * What the repositories of `store/` take and give, beyond the contract's own types.
 *
 * @module
 */
import type { Labels, LabelFilter, OutputSpec, Policy } from '../contract/index.ts';

/** A policy version as it stands in the database. */
export interface PolicyRecord extends Policy {
  readonly namespace: string;
  /** Parameters as they were asked for; `params` are what they were resolved to. */
  readonly askedParams: Readonly<Record<string, unknown>>;
}

/** Names one version of a policy. */
export interface PolicyVersion {
  readonly policyId: number;
  readonly version: number;
}

/** What `addPolicyVersion` stores. */
export interface NewPolicyVersion {
  readonly graph: string;
  readonly name: string;
  readonly extractor: string;
  readonly extractorVersion: string;
  readonly askedParams: Readonly<Record<string, unknown>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly contentSource?: string | undefined;
  readonly filter: readonly LabelFilter[];
  readonly accepts: readonly string[];
  readonly output: OutputSpec;
  readonly space?: string | undefined;
  readonly model?: string | undefined;
  readonly waitingFor?: string | undefined;
}

/** Where bytes lie and how they looked when they were read. */
export interface NewLocation {
  readonly uri: string;
  readonly size: number;
  /** Nanoseconds since 1970 as decimal text; null where there is no such thing. */
  readonly mtimeNs: string | null;
  /** Decimal text; unsigned 64 bit. */
  readonly inode: string | null;
}

/** One file on its way into the database. */
export interface NewContent {
  readonly contentId: string;
  /** The id as the caller wrote it, where `contentId` is that number. */
  readonly givenId?: string | undefined;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly name: string;
  readonly labels: Labels;
  readonly location: NewLocation;
}

export type LocationState = 'present' | 'missing';

/** What is known of a URI: the content that lies there now, or lay there last. */
export interface KnownLocation {
  readonly contentId: string;
  readonly size: number;
  readonly mtimeNs: string | null;
  readonly inode: string | null;
  readonly state: LocationState;
}

/** A searchable vector column. */
export interface VectorIndex extends PolicyVersion {
  /** Name of the output: the column. */
  readonly output: string;
  readonly dimension: number;
}

/** A column of texts that is searched by words. */
export interface TextIndex extends PolicyVersion {
  /** `<graph>.<policy>.<column>`, `content.name`, `content.labels`. */
  readonly name: string;
  /** The column. */
  readonly field: string;
  /** BCP 47. */
  readonly language: string;
}

/** Documents in which all terms of a text occur (`text-query.ts` makes it): table and column as SQL, and a tsquery. */
export type TextCondition = readonly { readonly table: string; readonly column: string; readonly query: string }[];

/** A content that was found by words. */
export interface TextMatch {
  /** Whose document holds most of the words. */
  readonly contentId: string;
  readonly rootId: string;
  /** Name of that document's index. */
  readonly index: string;
  /** Above 0; comparable within one search. */
  readonly score: number;
  /** The query's words that occur in the root's documents, as written and in their order. */
  readonly terms: readonly string[];
  /** Where what was made of the root has such documents: best first, ties by id, at most 5. */
  readonly moments?: readonly { readonly contentId: string; readonly score: number }[];
}

/** Filters over the view `content` (alias `c`); all must hold. */
export interface SqlCondition {
  /** Text as given: `5` matches the label values "5" and 5, `true` "true" and true. */
  readonly labels: readonly { readonly key: string; readonly value: string }[];
  /** Conditions on labels with operators. */
  readonly filter?: readonly LabelFilter[] | undefined;
  /** A condition that the SQL door has let through; never raw user text. */
  readonly where?: string | undefined;
  /** Only this content as it was added, or what was made of it. */
  readonly rootId?: string | undefined;
  /** Only contents whose root has such a document, of each. */
  readonly withText?: readonly TextCondition[] | undefined;
  /** Contents whose root has such a document are left out. */
  readonly withoutText?: readonly TextCondition[] | undefined;
}

/** One row of a vector search. */
export interface Neighbour {
  /** What was added: a picture, or a video of which a frame lies near. */
  readonly rootId: string;
  /** Whose vector it is: the root's own, or of what was made of it. */
  readonly contentId: string;
  readonly ord: number;
  /** Cosine distance, 0 … 2. */
  readonly distance: number;
  /** What was made of the root and lies nearest, nearest first, at most 5; absent where its own vector is the nearest. */
  readonly moments?: readonly NearMoment[];
}

export interface NearMoment {
  readonly contentId: string;
  readonly distance: number;
}
