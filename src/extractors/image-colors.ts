/**
 * The dominant colours of a picture: up to three rows, the largest share first (`ord` 0).
 *
 * @module
 */
import { z } from 'zod';
import { integer, real, row, text } from '../extractor/columns.ts';
import { defineExtractor } from '../extractor/define.ts';
import type { Extractor } from '../extractor/types.ts';
import { COLOR_PIXELS, dominantColors } from '../image/index.ts';
import type { DominantColor } from '../image/index.ts';
import { pixelsOf } from './pixels-of.ts';

export const imageColors: Extractor = defineExtractor({
  name: 'image/colors',
  version: '1',
  summary: 'Finds the dominant colours: name, value and share of each',
  accepts: ['image/*'],
  params: z.object({
    count: z.int().min(1).max(8).default(3).describe('How many colours at most'),
  }),
  describe: async () => {
    const channel = integer({ range: [0, 255] });
    return {
      pixels: COLOR_PIXELS,
      columns: {
        color: text({ description: '#rrggbb' }),
        color_name: text({
          description: 'black, white, grey, red, green, yellow, blue, brown, orange, pink or purple',
        }),
        share: real({ range: [0, 1], description: 'part of the picture that it covers' }),
        red: channel,
        green: channel,
        blue: channel,
      },
      vectors: {},
    };
  },
  load: async ({ count }) => ({
    run: async (items) => new Map(items.map((item) => [item.id, dominantColors(pixelsOf(item), count).map(colorRow)])),
    close: async () => {},
  }),
});

function colorRow({ hex, name, share }: DominantColor) {
  const value = Number.parseInt(hex.slice(1), 16);
  const [red, green, blue] = [value >> 16, (value >> 8) & 255, value & 255];
  return row({ color: hex, color_name: name, share, red, green, blue });
}
