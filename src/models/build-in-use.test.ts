import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolders } from '../../test/models/folder.ts';
import { plain, RED } from '../../test/models/pictures.ts';
import { writeFolder, writeTinyClip } from '../../test/models/tiny-models.ts';
import { buildInUse } from './build-in-use.ts';
import { createModels } from './models.ts';
import type { SignedChoice } from './signed-choice.ts';

const folder = temporaryFolders();

test('buildInUse() names the precision, and how 8-bit weights run once they were loaded here', async () => {
  const path = await writeTinyClip(folder());
  const towers = ['vision_model', 'text_model'].map((tower) => [
    `onnx/${tower}_int8.onnx`,
    readFileSync(join(path, 'onnx', `${tower}.onnx`)),
  ]);
  await writeFolder(path, Object.fromEntries(towers) as Record<string, Buffer>);
  const options = { cacheFolder: folder(), offline: true };
  expect(await buildInUse(options, path)).toBe('fp32');
  expect(await buildInUse(options, `${path}:int8`)).toBe('int8');

  const model = await createModels(options).loadImageText(`${path}:int8`);
  await model.encodeImages([plain(RED, 12)]);
  await model.close();
  // These weights are no 8-bit ones, whatever the file's name says: there is nothing to rewrite.
  expect(await buildInUse(options, `${path}:int8`)).toBe('int8');

  const record = readdirSync(join(options.cacheFolder, '.signed')).find((name) => name.endsWith('.json')) ?? '';
  const choose = (choice: Partial<SignedChoice>): void =>
    writeFileSync(
      join(options.cacheFolder, '.signed', record),
      JSON.stringify({
        cpu: 'x',
        rewritten: true,
        identical: true,
        publishedMs: 14,
        signedMs: 9.75,
        use: 'signed',
        ...choice,
      }),
    );
  choose({});
  expect(await buildInUse(options, `${path}:int8`)).toBe('int8, weights made signed (9.8 ms, as published 14.0 ms)');
  choose({ use: 'published', signedMs: 15 });
  expect(await buildInUse(options, `${path}:int8`)).toBe('int8, weights as published (14.0 ms, made signed 15.0 ms)');
  choose({ use: 'published', identical: false });
  expect(await buildInUse(options, `${path}:int8`)).toContain('made signed they give other vectors on this CPU');
});
