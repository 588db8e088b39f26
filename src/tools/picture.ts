/**
 * A picture to look at.
 *
 * @module
 */
import { z } from 'zod';
import { ContentId } from '../contract/index.ts';
import { defineTool } from './tool.ts';

export const pictureTool = defineTool({
  name: 'picture',
  title: 'Look at a picture',
  description:
    'Gives one picture of the library, upright and made smaller, to look at. The contentId comes from the tools "search" and "sql" (there: content_id).',
  input: z.object({
    contentId: ContentId,
    side: z.int().min(64).max(2048).default(640).describe('Longest side in pixels, at least'),
  }),
  async run(client, { contentId, side }, options = {}) {
    const { name } = await client.contents.get(contentId, options);
    const file = await client.thumbnail(contentId, { side, ...options });
    return { picture: { bytes: await file.bytes(), mimeType: file.mimeType, name } };
  },
});
