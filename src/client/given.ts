/**
 * `client.features`: rows that a program hands over to a policy whose extractor is `given`.
 *
 * @module
 */
import { api, type ColumnValue, encodeVector, type PutFeatures } from '../contract/index.ts';
import { call, type Connection, type RequestOptions } from './connection.ts';

/** One row of a content: a caption, a box, a vector. */
export interface FeatureRowInput {
  /** Absent: its place among the rows of its content, from 0. */
  readonly ord?: number;
  /** A column that is left out is null: not known. */
  readonly columns?: Readonly<Record<string, ColumnValue>>;
  readonly vectors?: Readonly<Record<string, Float32Array | readonly number[]>>;
}

/** The rows of one content; they replace those that it has. */
export interface ContentRowsInput {
  readonly contentId: string;
  readonly rows: readonly FeatureRowInput[];
}

export interface PutFeaturesOptions extends RequestOptions {
  /** Makes vectors of any length unit vectors. */
  readonly normalize?: boolean;
}

export interface Features {
  /**
   * Hands over rows of contents that are there, a few hundred contents a request; each request is stored whole or not at all.
   *
   * @param policy `<graph>.<policy>`, whose extractor is `given`.
   * @throws InvalidInputError that names content, row and column; NotFoundError for a content that is not there.
   */
  put(
    policy: string,
    contents: Iterable<ContentRowsInput> | AsyncIterable<ContentRowsInput>,
    options?: PutFeaturesOptions,
  ): Promise<PutFeatures>;
}

/** A request ends with whichever comes first. */
const MAX_CONTENTS = 500;
const MAX_NUMBERS = 1_000_000;
const MAX_CHARACTERS = 4_000_000;

export function featureMethods(connection: Connection): Features {
  return {
    async put(policy, contents, { normalize = false, signal } = {}) {
      const [graph = '', name = ''] = policy.split('.');
      const totals = { contents: 0, rows: 0, normalized: 0 };
      for await (const some of inRequests(contents)) {
        const params = { graph, policy: name };
        const done = await call(connection, api.putFeatures, {
          params,
          body: { contents: some.map(encode), normalize },
          signal,
        });
        totals.contents += done.contents;
        totals.rows += done.rows;
        totals.normalized += done.normalized;
      }
      return totals;
    },
  };
}

async function* inRequests(
  contents: Iterable<ContentRowsInput> | AsyncIterable<ContentRowsInput>,
): AsyncGenerator<ContentRowsInput[]> {
  let some: ContentRowsInput[] = [];
  let numbers = 0;
  let characters = 0;
  for await (const content of contents) {
    const size = sizeOf(content);
    const full =
      some.length === MAX_CONTENTS ||
      numbers + size.numbers > MAX_NUMBERS ||
      characters + size.characters > MAX_CHARACTERS;
    if (full && some.length > 0) {
      yield some;
      some = [];
      numbers = 0;
      characters = 0;
    }
    some.push(content);
    numbers += size.numbers;
    characters += size.characters;
  }
  if (some.length > 0) yield some;
}

function sizeOf({ rows }: ContentRowsInput): { readonly numbers: number; readonly characters: number } {
  const vectors = rows.flatMap((row) => Object.values(row.vectors ?? {}));
  const texts = rows.flatMap((row) => Object.values(row.columns ?? {}));
  return {
    numbers: vectors.reduce((sum, { length }) => sum + length, 0),
    characters: texts.reduce<number>((sum, text) => sum + (typeof text === 'string' ? text.length : 16), 0),
  };
}

function encode({ contentId, rows }: ContentRowsInput) {
  return {
    contentId,
    rows: rows.map(({ ord, columns = {}, vectors = {} }) => ({
      ...(ord === undefined ? {} : { ord }),
      columns: { ...columns },
      vectors: Object.fromEntries(
        Object.entries(vectors).map(([name, vector]) => [name, encodeVector(Float32Array.from(vector))]),
      ),
    })),
  };
}
