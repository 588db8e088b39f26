/**
 * Pictures by what they show.
 *
 * @module
 */
import { z } from 'zod';
import { boundRows, ContentId, type Hit } from '../contract/index.ts';
import { defineTool, RESULT_BOUNDS } from './tool.ts';

export const searchTool = defineTool({
  name: 'search',
  title: 'Search pictures',
  description:
    'Finds pictures of the library by what they show: by words ("a dog on a beach"), or like another picture (its contentId). Words are looked for in pictures and in their texts (captions, words read in them, names, labels); text:"no parking" in the query keeps only pictures with these words. Gives contentId, name, score (what hits are ordered by, best first, comparable within one search only), similarity (cosine, -1 to 1; null where only texts were found) and labels; of a video also its moments, the best first: timeMs, and the contentId of the frame. A SQL condition over the columns of the table "content" narrows it, e.g. "width > 1000". For exact counts and objects use the tool "sql".',
  input: z.object({
    query: z.string().min(1).max(2000).optional().describe('What the pictures show, in a few words'),
    like: ContentId.optional().describe('Find pictures that look like this one'),
    regions: z
      .boolean()
      .optional()
      .describe(
        'Look at objects in pictures, too: finds small things; hits have their boxes. Where no policy embeds boxes it fails',
      ),
    where: z.string().max(20_000).optional().describe('SQL condition over columns of "content"'),
    labels: z.array(z.string()).max(20).optional().describe('Labels that all must hold, each "key=value"'),
    limit: z.int().min(1).max(50).default(10),
    cursor: z.string().optional().describe('The cursor of an earlier result, for its next page'),
  }),
  async run(client, { like, ...request }, { signal } = {}) {
    const { hits, ...response } = await client.search({
      ...given(request),
      ...(like === undefined ? {} : { like: { contentId: like } }),
      signal,
    });
    const { rows, left } = boundRows(hits.map(shownHit), RESULT_BOUNDS);
    const notes = left > 0 ? [...response.notes, `${left} more hits did not fit`] : response.notes;
    return { value: { hits: rows, total: response.total, indexed: response.indexed, cursor: response.cursor, notes } };
  },
});

function shownHit({
  contentId,
  name,
  score,
  similarity,
  width,
  height,
  labels,
  ord,
  region,
  regions,
  moments,
}: Hit): Record<string, unknown> {
  const row = { ...(region === null ? {} : { ord, region }), ...(regions && { regions }) };
  const seen = moments?.map((moment) => ({ timeMs: moment.timeMs, contentId: moment.contentId }));
  return { contentId, name, score, similarity, width, height, labels, ...row, ...(seen && { moments: seen }) };
}

/** Without the fields that were left out. */
function given<T extends Record<string, unknown>>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
