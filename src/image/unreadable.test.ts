import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { Format } from './sniff.ts';
import { explainFailure } from './unreadable.ts';

const SVG: Format = { mimeType: 'image/svg+xml', name: 'SVG', kind: 'picture', decodable: true };
const JPEG: Format = { mimeType: 'image/jpeg', name: 'JPEG', kind: 'picture', decodable: true };
/** What the decoder says where another thread took its words. */
const wordless = new Error('Unknown error');

/** A JPEG with restart markers, and in its first segment a thumbnail that is a whole JPEG. */
async function withThumbnail(): Promise<Buffer> {
  const noise = sharp({
    create: {
      width: 200,
      height: 100,
      channels: 3,
      background: 'red',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  });
  const whole = await noise.jpeg({ quality: 90 }).toBuffer();
  const thumbnail = await sharp(whole).resize(20).jpeg().toBuffer();
  const segment = Buffer.from([0xff, 0xe1, 0, 0]);
  segment.writeUInt16BE(thumbnail.length + 2, 2);
  return Buffer.concat([whole.subarray(0, 2), segment, thumbnail, whole.subarray(2)]);
}

test('a JPEG that is cut off is called so without the words of the decoder, wherever it is cut', async () => {
  const whole = await withThumbnail();
  for (let length = 4; length < whole.length; length += 97) {
    expect(explainFailure(wordless, whole.subarray(0, length), JPEG).message).toBe(
      'Cannot read picture: the JPEG file is incomplete: it ends before the picture does',
    );
  }
});

test('one with its end is damaged otherwise, whatever follows it', async () => {
  const whole = await withThumbnail();
  const trailing = Buffer.concat([whole, Buffer.alloc(100, 0xff)]);
  for (const bytes of [whole, trailing]) {
    expect(explainFailure(wordless, bytes, JPEG).message).toBe('Cannot read picture: the JPEG file is damaged');
  }
  for (const words of ['bad Huffman code', 'Corrupt JPEG data: premature end of data segment']) {
    expect(explainFailure(new Error(`${words}\nmore`), whole, JPEG).message).toContain(`damaged (${words})`);
  }
});

test('an SVG that can not be drawn is told so whatever the decoder says', () => {
  for (const words of ['Unknown error', 'premature end of JPEG image', 'XML parse error: EntityRefLoop'])
    expect(explainFailure(new Error(words), Buffer.from('<svg'), SVG).message).toMatch(
      /^Cannot read picture: the SVG file can't be drawn: its XML is not well-formed/,
    );
});
