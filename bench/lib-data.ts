/**
 * The frozen test data beside the checkout.
 *
 * @module
 */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const folder = resolve(process.env.FOVEA_TEST_DATA ?? '../shared');

/** Absolute path below the test data; ends the bench where there is none. */
export function testData(path: string): string {
  if (existsSync(join(folder, path))) return join(folder, path);
  console.error(`This bench needs test data at ${folder} (FOVEA_TEST_DATA): ${path} is missing`);
  process.exit(2);
}

/** A folder of this run's own. */
export function scratchFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `fovea-bench-${name}-`));
}

/** A Flickr8k photo with its captions: five English, some Chinese. */
export interface CaptionedPhoto {
  readonly image: string;
  readonly split: string;
  readonly en: readonly string[];
  readonly zh: readonly string[];
}

/** The photos of a split, in the file's order. */
export function captionedPhotos(split: string): CaptionedPhoto[] {
  const lines = readFileSync(testData('data/flickr8k/captions.jsonl'), 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as CaptionedPhoto).filter((photo) => photo.split === split);
}
