/**
 * What a search must be to make sense, beyond what its schema says.
 *
 * @module
 */
import type { BoundingBox, SearchRequest } from '../contract/index.ts';
import { InvalidInputError } from '../contract/index.ts';
import { queryTerms } from '../store/index.ts';
import { readTextFields } from './text-fields.ts';

/** Parts of a query by the names of their weights. */
const PARTS = { text: 'query', image: 'image', like: 'like' } as const;

/**
 * The request without the parts whose weight is 0.
 *
 * @throws InvalidInputError for words that are none, a region that belongs to nothing, and weights that leave nothing.
 */
export function checkRequest(asked: SearchRequest): SearchRequest {
  if (asked.query !== undefined) checkWords(asked.query, 'for these words');
  const request = readTextFields(asked);
  for (const words of request.has) checkText(words);
  for (const words of request.not) checkWords(words, 'without these words');
  if (request.region !== undefined && request.image === undefined)
    throw new InvalidInputError(
      'Cannot search by "region" without "image": it is a part of that picture; a part of a content is "like.region"',
    );
  for (const region of [request.region, request.like?.region]) if (region !== undefined) checkRegion(region);
  if (request.index !== undefined && request.indexes !== undefined)
    throw new InvalidInputError('Cannot search "index" and "indexes" both: name them all in "indexes"');
  return withoutUnweighted(request);
}

/** Words of a language have no control characters; files and keys typed by accident have. */
function checkWords(words: string, what: string): void {
  if (words.trim() === '') throw new InvalidInputError(`Cannot search ${what}: there are only blanks`);
  const control = /(?![\t\n\r])\p{Cc}|\p{Cs}/u.exec(words);
  if (control === null) return;
  const code = (control[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  throw new InvalidInputError(
    `Cannot search ${what}: character ${control.index + 1} is U+${code}, which no text has; a picture is searched by "image"`,
  );
}

function checkText(words: string): void {
  checkWords(words, 'with this text');
  if (queryTerms(words).length > 0) return;
  throw new InvalidInputError(
    `Cannot search with the text "${words}": it has no letters and no numbers, and texts are found by their words`,
  );
}

function checkRegion({ xmin, ymin, xmax, ymax }: BoundingBox): void {
  if (xmax > xmin && ymax > ymin) return;
  throw new InvalidInputError('Cannot search by region: xmax must be larger than xmin, and ymax larger than ymin');
}

function withoutUnweighted(request: SearchRequest): SearchRequest {
  const { weights } = request;
  if (weights === undefined) return request;
  const names = Object.keys(PARTS) as (keyof typeof PARTS)[];
  for (const name of names) {
    if (weights[name] !== undefined && request[PARTS[name]] === undefined)
      throw new InvalidInputError(`Cannot weigh "${name}" by ${weights[name]}: the search has no "${PARTS[name]}"`);
  }
  const given = names.filter((name) => request[PARTS[name]] !== undefined);
  const left = given.filter((name) => weights[name] !== 0);
  if (left.length === 0)
    throw new InvalidInputError(
      `Cannot search with these weights: all are 0 (${given.map((name) => `"${name}"`).join(', ')}); one must be more`,
    );
  const { query, image, region, like, ...rest } = request;
  return {
    ...rest,
    ...(left.includes('text') ? { query } : {}),
    ...(left.includes('image') ? { image, region } : {}),
    ...(left.includes('like') ? { like } : {}),
  };
}
