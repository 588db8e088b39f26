/**
 * Ids as Indexify's clients see them. Theirs are hexadecimal numbers, and rows of a policy are contents to them:
 *
 *     content   as its caller gave it, else the 32 digits of its uuid (which SQL takes as they are)
 *     row       <content>.<graph>.<policy>.<ord>
 *     task      <content>.<graph>.<policy>
 *
 * Every form of a content's id is read: as it was given, 1 to 32 digits, or a uuid.
 *
 * @module
 */
import { contentIdOfGiven, GivenId } from '../../contract/index.ts';
import type { Services } from '../services.ts';

/** A content, or a row that a policy wrote about it. */
export interface Address {
  /** Uuid. */
  readonly contentId: string;
  readonly row: { readonly graph: string; readonly policy: string; readonly ord: number } | undefined;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The uuid that an id stands for; undefined where it is none. */
export function readContentId(text: string): string | undefined {
  const lower = text.toLowerCase();
  if (UUID.test(lower)) return lower;
  return GivenId.safeParse(lower).success ? contentIdOfGiven(lower) : undefined;
}

/** What an id stands for; undefined where it is none. */
export function readAddress(text: string): Address | undefined {
  const [content = '', graph, policy, ord, ...rest] = text.split('.');
  const contentId = readContentId(content);
  if (contentId === undefined || rest.length > 0) return undefined;
  if (graph === undefined) return { contentId, row: undefined };
  if (policy === undefined || ord === undefined || !/^\d{1,9}$/.test(ord)) return undefined;
  return { contentId, row: { graph, policy, ord: Number(ord) } };
}

/** @param content As it is shown. */
export function rowId(content: string, graph: string, policy: string, ord: number): string {
  return [content, graph, policy, ord].join('.');
}

/** @param content As it is shown. */
export function taskId(content: string, graph: string, policy: string): string {
  return [content, graph, policy].join('.');
}

/** How a content without an id of its caller's is shown. */
function digits(contentId: string): string {
  return contentId.replaceAll('-', '');
}

/** How these contents are shown: a function from uuid to text. */
export async function shownIds(
  services: Pick<Services, 'givenIds'>,
  namespace: string,
  contentIds: readonly string[],
): Promise<(contentId: string) => string> {
  const given =
    contentIds.length === 0 ? new Map<string, string>() : await services.givenIds(namespace, [...new Set(contentIds)]);
  return (contentId) => given.get(contentId) ?? digits(contentId);
}
