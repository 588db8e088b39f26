/**
 * `text:"…"` and `-text:"…"` among the words of a question: texts that hits must have, and must not have.
 *
 *     street text:"no parking" -text:"tow away"   →   street, has "no parking", not "tow away"
 *
 * @module
 */
import type { SearchRequest } from '../contract/index.ts';

const FIELD = /(?<=^|\s)(-?)text:(?:"([^"]*)"|([^\s"]+))(?=\s|$)/giu;

/**
 * The request with these taken out of `query`. Where nothing else is asked for, its own words rank what has them, so that hits
 * say where they stand.
 */
export function readTextFields(request: SearchRequest): SearchRequest {
  const has: string[] = [];
  const not: string[] = [];
  const words = request.query?.replaceAll(FIELD, (_, minus: string, quoted?: string, word?: string) => {
    (minus === '-' ? not : has).push(quoted ?? word ?? '');
    return ' ';
  });
  if (has.length + not.length === 0) return request;
  const { query: _query, ...rest } = request;
  const read = { ...rest, has: [...request.has, ...has], not: [...request.not, ...not] };
  if (words !== undefined && words.trim() !== '') return { ...read, query: words.replaceAll(/\s+/g, ' ').trim() };
  if (has.length === 0 || request.image !== undefined || request.like !== undefined) return read;
  const isFree = request.legs === undefined && request.index === undefined && request.indexes === undefined;
  return { ...read, query: has.join(' '), ...(isFree ? { legs: ['text'] } : {}) };
}
