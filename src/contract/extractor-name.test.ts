import { describe, expect, test } from 'vitest';
import { extractorNamed, unknownExtractorHint } from './extractor-name.ts';

const yolo = { name: 'image/yolo', aliases: ['tensorlake/yolo-extractor', 'yolo_extractor:YoloExtractor'] };
const clip = { name: 'embedding/clip', aliases: ['tensorlake/clip-extractor', 'image/yolo-like'] };

describe('extractorNamed()', () => {
  test.each([
    'image/yolo',
    'hub://image/yolo',
    'tensorlake/yolo-extractor',
    'hub://tensorlake/yolo-extractor',
    'yolo_extractor:YoloExtractor',
    'yolo.yolo_extractor:YoloExtractor',
    'indexify_extractors.yolo.yolo_extractor:YoloExtractor',
  ])('finds an extractor as "%s"', (name) => {
    expect(extractorNamed(name, [clip, yolo])).toBe(yolo);
  });

  test('takes an own name before an alias, and nothing that only looks alike', () => {
    expect(extractorNamed('image/yolo', [{ name: 'a/b', aliases: ['image/yolo'] }, yolo])).toBe(yolo);
    for (const name of ['yolo', 'image/yolov9', 'hub:/image/yolo', 'YoloExtractor', 'yolo_extractor.YoloExtractor', ''])
      expect(extractorNamed(name, [clip, yolo])).toBeUndefined();
  });
});

describe('unknownExtractorHint()', () => {
  test.each([
    ['yenicelik/identity-hash-extractor', 'equal bytes', 'image/phash'],
    ['hub://embedding/scibert', 'embeddings of texts', 'text/embed'],
    ['whisper-asr.whisper_extractor:WhisperExtractor', 'sound and speech', undefined],
    ['tensorlake/whisper-asr', 'sound and speech', undefined],
  ])('says what Indexify had as "%s", and what comes nearest', (name, purpose, nearest) => {
    const hint = unknownExtractorHint(name, [clip, yolo]);
    expect(hint).toContain(purpose);
    expect(hint).toContain('no equal of it yet');
    if (nearest === undefined) expect(hint).not.toContain('nearest');
    else expect(hint).toContain(`nearest is "${nearest}"`);
  });

  test('says which known name looks like it, and nothing where none does', () => {
    expect(unknownExtractorHint('hub://image/yollo', [clip, yolo])).toBe('did you mean "image/yolo"?');
    expect(unknownExtractorHint('tensorlake/yolo-extracter', [yolo])).toBe('did you mean "tensorlake/yolo-extractor"?');
    expect(unknownExtractorHint('geo/altitude', [clip, yolo])).toBeUndefined();
  });
});
