import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { temporaryFolders } from '../../test/models/folder.ts';
import { closedAfterEach, offlineModels } from '../../test/models/opened.ts';
import { BLUE, GREEN, plain, RED } from '../../test/models/pictures.ts';
import { GROUNDING_VOCABULARY, writeTinyGroundingDino } from '../../test/models/tiny-grounding-dino.ts';
import { bertTokenizerJson, writeFolder } from '../../test/models/tiny-models.ts';
import { decodeGrounding } from './grounding-dino.ts';
import { phrasesOf, planPasses } from './grounding-prompt.ts';
import { bertPieces } from './tokenizer.ts';
import type { GroundingOptions } from './types.ts';

const folder = temporaryFolders();
const opened = closedAfterEach();
const OPTIONS: GroundingOptions = { boxThreshold: 0.35, textThreshold: 0.25, iou: 0.8 };

async function pieces(vocabulary: readonly string[]) {
  const path = await writeFolder(folder(), { 'tokenizer.json': bertTokenizerJson(vocabulary) });
  return bertPieces(`${path}/tokenizer.json`, null);
}

test('phrasesOf() divides at what the graph divides at: lower case, each once, in their order', () => {
  expect(phrasesOf('Skateboard.  red\tBackpack . person? 皮卡。dog\nskateboard..')).toEqual([
    'skateboard',
    'red backpack',
    'person',
    '皮卡',
    'dog',
  ]);
  expect(phrasesOf(' .？\u0000. ')).toEqual([]);
});

describe('planPasses()', () => {
  test('fills a text with whole phrases, then begins another', async () => {
    // [CLS] r ed . t - shirt . [SEP] are 9 of 12 tokens, and "blue thing." is 3 more.
    const passes = planPasses('red. T-shirt. blue thing. green. a b c.', await pieces(GROUNDING_VOCABULARY), 12);
    const tokens = passes.map(({ ids }) => ids.map((id) => GROUNDING_VOCABULARY[id]).join(' '));
    expect(tokens).toEqual(['[CLS] r ##ed . t - shirt . blue thing . [SEP]', '[CLS] green . a b c . [SEP]']);
    // One token more than a text has room for.
    expect(planPasses('a b c d e. f g h a.', await pieces(GROUNDING_VOCABULARY), 12)).toHaveLength(2);
    expect(planPasses('a b c d e. f g h.', await pieces(GROUNDING_VOCABULARY), 12)).toHaveLength(1);
    expect(passes[0]?.phrases[2]).toEqual({
      text: 'blue thing',
      words: [
        { text: 'blue', from: 8, to: 9 },
        { text: 'thing', from: 9, to: 10 },
      ],
    });
  });

  test.each([
    ['. ?', 'the prompt names nothing'],
    ['red. 背包', '"背包" is nothing that the model\'s vocabulary has; it was trained on English'],
    ['red. a b c d e f g h a b.', '"a b c d e f g h a b" takes 10 tokens, and the model reads 9 at a time'],
  ])('refuses "%s"', async (prompt, message) => {
    const vocabulary = await pieces(GROUNDING_VOCABULARY);
    expect(() => planPasses(prompt, vocabulary, 12)).toThrow(message);
  });

  test('takes ten thousand phrases, in as many passes as they need, each phrase once', async () => {
    const letters = [...'abcdefgh'];
    const words = Array.from({ length: 10_000 }, (_, n) =>
      Array.from({ length: 5 }, (_letter, place) => letters[Math.floor(n / 8 ** place) % 8]).join(' '),
    );
    const passes = planPasses(words.join('.'), await pieces(GROUNDING_VOCABULARY), 256);
    expect(passes.every(({ ids }) => ids.length <= 256)).toBe(true);
    expect(passes.flatMap(({ phrases }) => phrases.map(({ text }) => text))).toEqual(words);
  });
});

/** Written by scripts/grounding-dino-parity.py. */
const parity = JSON.parse(readFileSync(new URL('fixtures/grounding-dino-parity.json', import.meta.url), 'utf8')) as {
  vocabulary: string[];
  prompt: string;
  ids: number[];
  boxThreshold: number;
  textThreshold: number;
  width: number;
  height: number;
  logits: number[][];
  boxes: number[][];
  found: { score: number; box: number[]; ids: number[] }[];
};

test('the tokens of a prompt, the boxes that are kept and what they answer to are those of transformers', async () => {
  const [pass, ...others] = planPasses(parity.prompt, await pieces(parity.vocabulary), 256);
  expect([pass?.ids, others]).toEqual([parity.ids, []]);
  const phrases = pass?.phrases ?? [];
  const candidates = {
    // There are as many rows as candidates at most: as many again that answer to nothing leave none of these out.
    logits: Float32Array.from([parity.logits, parity.logits.map((row) => row.map(() => -30))].flat(2)),
    boxes: Float32Array.from([parity.boxes, parity.boxes].flat(2)),
  };
  const ours = decodeGrounding(candidates, phrases, parity, parity);
  const expected = parity.found.flatMap(({ score, box, ids }) => {
    const answered = ids.map((id) => parity.ids.indexOf(id));
    return phrases.flatMap(({ text, words }) => {
      const own = words.filter(({ from, to }) => answered.some((at) => at >= from && at < to));
      return own.length === 0 ? [] : [{ label: text, phrase: own.map((word) => word.text).join(' '), score, box }];
    });
  });
  const shown = ours.map(({ label, phrase, box }) => ({
    label,
    phrase,
    box: Object.values(box).map((side) => Math.round(side * 100)),
  }));
  const key = (row: object): string => JSON.stringify(row);
  expect(shown.map(key).toSorted()).toEqual(
    expected
      .map(({ label, phrase, box }) => key({ label, phrase, box: box.map((side) => Math.round(side * 100)) }))
      .toSorted(),
  );
  // A box's score is that of its best token; here a phrase's is that of the phrase's best.
  for (const { box, score } of ours) {
    const whole = expected.find((each) => Math.abs((each.box[0] ?? 0) - box.xmin) < 0.01);
    expect(score).toBeLessThanOrEqual((whole?.score ?? 0) + 1e-5);
  }
});

test('decodeGrounding() gives a box a row for each phrase that it answers to, with the words that it does', () => {
  const words = (...texts: string[]) => texts.map((text, place) => ({ text, from: place + 1, to: place + 2 }));
  const phrases = [
    { text: 'red backpack', words: words('red', 'backpack') },
    { text: 'bag', words: [{ text: 'bag', from: 3, to: 4 }] },
  ];
  // By hand, sigmoid: 0 is 0.5, -1 is 0.269, -9 next to nothing. Positions: [CLS] red backpack bag [SEP].
  const logits = [-9, -9, 0, -1, -9, -9, -1, -9, -1, -9, -9, -9, -9, -9, 5];
  const boxes = Array.from({ length: 3 }, () => [0.5, 0.5, 0.5, 1]).flat();
  const candidates = { logits: Float32Array.from(logits), boxes: Float32Array.from(boxes) };
  const box = { xmin: 25, ymin: 0, xmax: 75, ymax: 50 };
  const sigmoid = (logit: number) => expect.closeTo(1 / (1 + Math.exp(-logit)), 5) as number;
  // The second is kept by no token, the third by one that is no phrase's.
  expect(decodeGrounding(candidates, phrases, OPTIONS, { width: 100, height: 50 })).toEqual([
    { label: 'red backpack', phrase: 'backpack', score: sigmoid(0), box },
    { label: 'bag', phrase: 'bag', score: sigmoid(-1), box },
  ]);
});

describe('a Grounding DINO folder', () => {
  const halves = (left: typeof RED, right: typeof GREEN | typeof BLUE) => {
    const pixels = plain(left, 32, 32, 10);
    for (let y = 0; y < 32; y++) for (let x = 16; x < 32; x++) pixels.data.set(right, (y * 32 + x) * 3);
    return { pixels, original: { width: 320, height: 320 } };
  };

  test('finds what the prompt names where it is, in as many passes as the words take', async () => {
    const path = await writeTinyGroundingDino(folder());
    const models = offlineModels(folder());
    const prompt = 'blue thing. a b c d. green. Red.';
    expect(await models.describeZeroShotDetector(path, prompt)).toEqual({
      model: path,
      pixels: { resize: 'squash', width: 32, height: 32, kernel: 'bilinear' },
      passes: 2,
    });
    const detector = await opened(models.loadZeroShotDetector(path, prompt));
    let passes = 0;
    const found = await detector.detect(halves(RED, GREEN), { ...OPTIONS, onPass: () => passes++ });
    const score = expect.closeTo(1 / (1 + Math.exp(-4)), 4) as number;
    expect(found).toEqual([
      { label: 'green', phrase: 'green', score, box: { xmin: 170, ymin: 10, xmax: 310, ymax: 310 } },
      { label: 'red', phrase: 'red', score, box: { xmin: 10, ymin: 10, xmax: 150, ymax: 310 } },
    ]);
    expect(passes).toBe(2);
    expect(await detector.detect(halves(RED, BLUE), { ...OPTIONS, boxThreshold: 0.99 })).toEqual([]);
  });

  test('is refused for what it can not be asked, and named where its files are not what they should be', async () => {
    const models = offlineModels(folder());
    const path = await writeTinyGroundingDino(folder());
    await expect(models.describeZeroShotDetector(path, '背包')).rejects.toThrow('trained on English');
    await expect(models.describeDetector(path)).rejects.toThrow('it is a detector of what words name, not a detector');
    const damaged = await writeTinyGroundingDino(folder(), { 'onnx/model.onnx': Buffer.from('no model') });
    await expect(models.loadZeroShotDetector(damaged, 'red')).rejects.toMatchObject({ code: 'model_unavailable' });
    await expect(models.describeZeroShotDetector('auto', 'red')).rejects.toThrow(
      'fovea models pull grounding-dino-tiny',
    );
  });
});
