import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { NotFoundError } from '../contract/index.ts';
import { defineExtractor } from './define.ts';
import { ExtractorDefinitionError } from './errors.ts';
import { createRegistry } from './registry.ts';

function extractor(name: string, aliases: string[] = []) {
  return defineExtractor({
    name,
    version: '1',
    summary: 'For tests',
    aliases,
    accepts: ['image/*'],
    params: z.object({ conf: z.number().min(0).max(1).default(0.25) }),
    describe: async () => ({ pixels: { resize: 'none' }, columns: {}, vectors: {} }),
    load: async () => ({ run: async () => new Map(), close: async () => {} }),
  });
}

const yolo = extractor('image/yolo', ['tensorlake/yolo-extractor', 'hub://image/yolov9']);
const exif = extractor('image/exif');

describe('createRegistry()', () => {
  test.each(['image/yolo', 'tensorlake/yolo-extractor', 'hub://image/yolo', 'hub://image/yolov9', 'image/yolov9'])(
    'finds an extractor as "%s"',
    (name) => {
      expect(createRegistry([yolo, exif]).get(name)).toBe(yolo);
      expect(createRegistry([yolo, exif]).has(name)).toBe(true);
    },
  );

  test('refuses an unknown name with the nearest one', () => {
    const registry = createRegistry([yolo, exif]);
    expect(() => registry.get('tensorlake/yolo-extracter')).toThrow(NotFoundError);
    expect(() => registry.get('tensorlake/yolo-extracter')).toThrow('did you mean "tensorlake/yolo-extractor"?');
    expect(() => registry.get('audio/whisper')).toThrow('known: "image/exif", "image/yolo"');
    expect(registry.has('audio/whisper')).toBe(false);
  });

  test('refuses two extractors of one name, and an alias that is taken', () => {
    expect(() => createRegistry([yolo, extractor('image/yolo')])).toThrow(ExtractorDefinitionError);
    expect(() => createRegistry([yolo, extractor('image/other', ['hub://image/yolo'])])).toThrow(
      '"hub://image/yolo" is taken by extractor "image/yolo"',
    );
  });

  test('lists extractors by name with a JSON schema of their parameters', async () => {
    const list = await createRegistry([yolo, exif]).list();
    expect(list.map(({ name }) => name)).toEqual(['image/exif', 'image/yolo']);
    expect(list[1]).toMatchObject({
      aliases: ['tensorlake/yolo-extractor', 'hub://image/yolov9'],
      params: {
        type: 'object',
        properties: { conf: { type: 'number', minimum: 0, maximum: 1, default: 0.25 } },
        additionalProperties: false,
      },
    });
    expect(list[1]).not.toHaveProperty('output');
    expect(list[1]?.params).not.toHaveProperty('required');
  });
});
