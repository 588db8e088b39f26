import { describe, expect, test } from 'vitest';
import { temporaryFolders } from '../../test/models/folder.ts';
import { closedAfterEach, offlineModels } from '../../test/models/opened.ts';
import { BLUE, GREEN, plain, RED } from '../../test/models/pictures.ts';
import {
  FLORENCE_BIAS,
  FLORENCE_EYE,
  FLORENCE_HEAD,
  FLORENCE_TOKENS,
  FLORENCE_VOCABULARY,
  writeTinyFlorence,
} from '../../test/models/tiny-florence.ts';
import { writeTinyBert } from '../../test/models/tiny-models.ts';
import type { CaptionerModel } from './types.ts';

const folder = temporaryFolders();
const opened = closedAfterEach();

const WORDS = FLORENCE_VOCABULARY.length;
const [FIRST, END] = [0, 2];

/** What the tiny model's arithmetic gives with nothing remembered: every sum anew for every token, and the rules by definition. */
function reference(color: readonly number[], question: readonly string[], options: { ngram: number; length: number }) {
  const vectorOf = (token: number): number[] => FLORENCE_TOKENS.slice(token * 4, token * 4 + 4);
  const total = (rows: readonly (readonly number[])[]): number[] =>
    [0, 1, 2, 3].map((i) => rows.reduce((sum, row) => sum + (row[i] ?? 0), 0));
  const eye = [0, 1, 2, 3].map((i) => color.reduce((sum, value, c) => sum + value * (FLORENCE_EYE[c * 4 + i] ?? 0), 0));
  const ids = ['<s>', ...question, '</s>'].map((word) => FLORENCE_VOCABULARY.indexOf(word as '<s>'));
  const encoder = total([eye, ...ids.map(vectorOf)]).map((value) => 2 * value);
  const said = [END];
  let closest = Number.POSITIVE_INFINITY;
  while (said.length < options.length) {
    const keys = total(said.map(vectorOf));
    const last = vectorOf(said.at(-1) ?? 0);
    const state = keys.map((key, i) => 0.1 * (encoder[i] ?? 0) + 0.5 * key + 0.25 * 2 * key + 1.5 * (last[i] ?? 0));
    const scores = FLORENCE_BIAS.map((bias, token) => ({
      token,
      score: state.reduce((sum, value, i) => sum + value * (FLORENCE_HEAD[i * WORDS + token] ?? 0), bias),
    }));
    const ranked = scores
      .filter(({ token }) => !saysAgain([...said, token], options.ngram))
      .toSorted((a, b) => b.score - a.score);
    const isForced = said.length === 1 || said.length === options.length - 1;
    if (!isForced) closest = Math.min(closest, (ranked[0]?.score ?? 0) - (ranked[1]?.score ?? 0));
    const next = said.length === options.length - 1 ? END : said.length === 1 ? FIRST : (ranked[0]?.token ?? END);
    said.push(next);
    if (next === END) break;
  }
  return { said, closest };
}

/** Whether the last n tokens stand somewhere before as well. */
function saysAgain(tokens: readonly number[], n: number): boolean {
  const grams = tokens.slice(0, tokens.length - n + 1).map((_, start) => tokens.slice(start, start + n).join(' '));
  return grams.length > 1 && grams.slice(0, -1).includes(grams.at(-1) ?? '');
}

const textOf = (tokens: readonly number[]): string =>
  tokens
    .filter((token) => token > 3)
    .map((token) => FLORENCE_VOCABULARY[token])
    .join(' ');

const PICTURES = [
  ['red', RED, [1, -1, -1]],
  ['green', GREEN, [-1, 1, -1]],
  ['blue', BLUE, [-1, -1, 1]],
] as const;
const CAPTION = ['what', 'does', 'the', 'image', 'describe', '?'];

async function say(model: CaptionerModel, maxTokens: number, prompt = '<CAPTION>') {
  const items = PICTURES.map(([id, color]) => ({ id, pixels: plain(color, 8) }));
  return model.caption(items, { prompt, language: 'en', maxTokens });
}

describe('Florence-2', () => {
  test.each([
    [3, 40],
    [2, 40],
    [3, 6],
  ])(
    'with no %i-gram twice and %i tokens says what the same arithmetic without a memory says',
    async (ngram, length) => {
      const path = await writeTinyFlorence(`${folder()}/tiny-florence`, { no_repeat_ngram_size: ngram });
      const model = await opened(offlineModels(folder()).loadCaptioner(path));
      const captions = await say(model, length);
      const said = PICTURES.map(([id, , color]) => ({ id, ...reference(color, CAPTION, { ngram, length }) }));
      // Else rounding could decide, and the comparison would say nothing.
      expect(Math.min(...said.map(({ closest }) => closest))).toBeGreaterThan(1e-4);
      // Some step behind the second must have been decided with what was remembered.
      expect(Math.min(...said.map((each) => each.said.length))).toBeGreaterThan(4);
      for (const { id, said: tokens } of said)
        expect(captions.get(id)).toEqual({
          text: textOf(tokens),
          inputTokens: 1 + CAPTION.length + 2,
          outputTokens: tokens.length,
        });
      expect(new Set([...captions.values()].map((each) => JSON.stringify(each))).size).toBeGreaterThan(1);
    },
  );

  test('asks what the model was trained to be asked for a task', async () => {
    const path = await writeTinyFlorence(`${folder()}/tiny-florence`);
    const model = await opened(offlineModels(folder()).loadCaptioner(path));
    const byTask = await say(model, 20);
    const byWords = await say(model, 20, 'What does the image describe?');
    expect([...byTask]).toEqual([...byWords]);
    expect([...(await say(model, 20, '<OCR>'))]).not.toEqual([...byTask]);
  });

  test('is described without its weights, with the prompts that it takes', async () => {
    const path = await writeTinyFlorence(`${folder()}/tiny-florence`);
    expect(await offlineModels(folder()).describeCaptioner(path, 768)).toEqual({
      model: path,
      pixels: { resize: 'squash', width: 8, height: 8, kernel: 'bicubic' },
      prompt: '<MORE_DETAILED_CAPTION>',
      prompts: ['<CAPTION>', '<DETAILED_CAPTION>', '<MORE_DETAILED_CAPTION>', '<OCR>'],
      language: 'en',
    });
    const bert = await writeTinyBert(`${folder()}/tiny-bert`);
    await expect(offlineModels(folder()).describeCaptioner(bert, 768)).rejects.toThrow(
      'it is a text embedder, not a model that describes pictures; use one of "florence-2-base-ft"',
    );
  });

  test('that is not here lets its policy be made, and says how to get it', async () => {
    const { waitingFor, prompt } = await offlineModels(folder()).describeCaptioner('auto', 768);
    expect(prompt).toBe('auto');
    expect(waitingFor).toMatch(/FOVEA_VISION_URL/);
    expect(waitingFor).toMatch(/fovea models pull florence-2-base-ft/);
    const named = await offlineModels(folder()).describeCaptioner('florence-2-base-ft', 768);
    expect(named.waitingFor ?? '').toMatch(/florence-2-base-ft/);
  });
});
