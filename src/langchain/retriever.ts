/**
 * Pictures as documents: what was found in each, as text that a chain can put into a prompt.
 *
 * @module
 */
import { Document } from '@langchain/core/documents';
import { BaseRetriever, type BaseRetrieverInput } from '@langchain/core/retrievers';
import type { FoveaClient } from '../client/index.ts';
import { boundRows, type Hit } from '../contract/index.ts';

export interface FoveaRetrieverFields extends BaseRetrieverInput {
  readonly client: FoveaClient;
  /** How many pictures, 1 to 100. Default 4. */
  readonly k?: number;
  /** SQL condition over columns of the view `content`, e.g. `width > 1000`. */
  readonly where?: string;
  /** `key=value`: all must hold. */
  readonly labels?: readonly string[];
  /** An index `<graph>.<policy>.<output>`; absent: the only one that fits. */
  readonly index?: string;
}

export interface PictureMetadata extends Record<string, unknown> {
  readonly contentId: string;
  readonly name: string;
  readonly uri: string | null;
  /** What documents are ordered by; comparable within one search only. */
  readonly score: number | null;
  /** Cosine in [-1, 1]; null where no vector was asked for, or only texts were found. */
  readonly similarity: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly labels: Hit['labels'];
  /** Of a video where it was found, best first: milliseconds from its start, and the frame. */
  readonly moments?: readonly { readonly timeMs: number; readonly contentId: string }[];
}

/** Of what was found in one picture. */
const BOUNDS = { maxCharacters: 2000, maxCellCharacters: 300 };

/**
 * Finds pictures by what they show. A document's text is the picture's name, its labels and what extractors found in it (boxes,
 * captions, EXIF; of a video those of its best moment), a line a policy, as JSON; strangers may have written some of it.
 */
export class FoveaRetriever extends BaseRetriever<PictureMetadata> {
  override lc_namespace = ['fovea', 'retrievers'];
  readonly #client: FoveaClient;
  readonly #search: {
    readonly limit: number;
    readonly where?: string;
    readonly labels?: string[];
    readonly index?: string;
  };

  static override lc_name(): string {
    return 'FoveaRetriever';
  }

  constructor({ client, k = 4, where, labels, index, ...input }: FoveaRetrieverFields) {
    super(input);
    this.#client = client;
    this.#search = {
      limit: k,
      ...(where === undefined ? {} : { where }),
      ...(labels === undefined ? {} : { labels: [...labels] }),
      ...(index === undefined ? {} : { index }),
    };
  }

  /** @throws FoveaError as `client.search` does. */
  override async _getRelevantDocuments(query: string): Promise<Document<PictureMetadata>[]> {
    const { hits } = await this.#client.search({ ...this.#search, query });
    return Promise.all(hits.map((hit) => this.#describe(hit)));
  }

  async #describe({
    contentId,
    name,
    uri,
    score,
    similarity,
    width,
    height,
    labels,
    moments,
  }: Hit): Promise<Document<PictureMetadata>> {
    const { features } = await this.#client.contents.features(moments?.[0]?.contentId ?? contentId);
    const seen = moments?.map((moment) => ({ timeMs: moment.timeMs, contentId: moment.contentId }));
    const found = features.map(({ policy, rows }) => `${policy}: ${JSON.stringify(boundRows(rows, BOUNDS).rows)}`);
    const given = Object.keys(labels).length === 0 ? [] : [`labels: ${JSON.stringify(labels)}`];
    return new Document({
      id: contentId,
      pageContent: [name, ...given, ...found].join('\n'),
      metadata: { contentId, name, uri, score, similarity, width, height, labels, ...(seen && { moments: seen }) },
    });
  }
}
