/**
 * Models of tests: opened without a hub, closed when the test is done.
 *
 * @module
 */
import { afterEach } from 'vitest';
import { createModels } from '../../src/models/models.ts';
import type { ImageTextModel, Models, ModelsOptions } from '../../src/models/types.ts';
import { BLUE, cosine, GREEN, plain, RED } from './pictures.ts';

interface Closable {
  close(): Promise<void>;
}

/** Returns a function that hands through what it is given and closes it after the test. */
export function closedAfterEach(): <Value extends Closable>(made: Value | Promise<Value>) => Promise<Value> {
  const open: Closable[] = [];
  afterEach(async () => {
    for (const closable of open.splice(0)) await closable.close();
  });
  return async (made) => {
    const closable = await made;
    open.push(closable);
    return closable;
  };
}

export function offlineModels(cacheFolder: string, options: Partial<ModelsOptions> = {}): Models {
  return createModels({ cacheFolder, offline: true, ...options });
}

/** Cosine of each word with the red, the green and the blue picture, to two digits. */
export async function colorTable(model: ImageTextModel, words: readonly string[], side: number): Promise<number[][]> {
  const pictures = await model.encodeImages([plain(RED, side), plain(GREEN, side), plain(BLUE, side)]);
  const texts = await model.encodeTexts(words);
  return texts.map((text) => pictures.map((picture) => Math.round(cosine(text, picture) * 100) / 100));
}
