import { cpSync, mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { testData } from '../data.ts';
import { writeTinySface, writeTinyYunet } from '../models/tiny-faces.ts';
import { describeLibrary, type Library, type RunningServer } from './library.ts';

/** A white picture with a face, as the tiny models see it, on a background of a colour. */
async function writeFace(path: string, color: string, left: number): Promise<void> {
  const square = (size: number, background: string) =>
    sharp({ create: { width: size, height: size, channels: 3, background } })
      .png()
      .toBuffer();
  const layers = [
    { input: await square(24, color), left: left - 8, top: 16 },
    { input: await square(8, '#f00'), left, top: 24 },
  ];
  await sharp({ create: { width: 64, height: 64, channels: 3, background: '#fff' } })
    .composite(layers)
    .png()
    .toFile(path);
}

describeLibrary('text and faces', (newLibrary) => {
  let library: Library;
  let client: RunningServer['client'];
  let faces: string;

  beforeAll(async () => {
    library = await newLibrary();
    ({ client } = await library.serve());
    faces = join(library.folder, 'faces');
    mkdirSync(faces);
    await writeFace(join(faces, 'ann-1.png'), '#0000c8', 16);
    await writeFace(join(faces, 'ann-2.png'), '#0000c8', 32);
    await writeFace(join(faces, 'bob.png'), '#00c800', 16);
    cpSync(testData('models/ppocr/sample.jpg'), join(faces, 'sign.jpg'));
    const [model, embedder] = [join(library.folder, 'yunet'), join(library.folder, 'sface')];
    await writeTinyYunet(model);
    await writeTinySface(embedder);
    const policies = [
      { name: 'ocr', extractor: 'image/ocr', input_params: { model: 'ppocr', language: 'en' } },
      { name: 'clip', extractor: 'embedding/clip', input_params: { model: 'fovea-tiny' } },
      { name: 'a_faces', extractor: 'image/faces', input_params: { model, embedder } },
    ];
    await client.graphs.apply(JSON.stringify({ name: 'g', extraction_policies: policies }), { mode: 'apply' });
    for await (const { failed } of client.addPath(faces)) expect(failed).toBe(0);
    expect((await client.waitUntilIndexed()).failedContents).toBe(0);
  });

  const names = (hits: readonly { name: string }[]): string[] => hits.map(({ name }) => name);

  test('words read in a picture find it, in other forms, too', async () => {
    const { hits } = await client.search({ query: 'coast guards', explain: true });
    expect(hits[0]?.name).toBe('sign.jpg');
    expect(hits[0]?.explanation?.legs).toContainEqual(
      expect.objectContaining({ leg: 'text', index: 'g.ocr.text', words: ['coast', 'guards'] }),
    );
    const { rows } = await client.sql(`select name from g where text = 'Japan Coast Guard'`);
    expect(rows).toEqual([{ name: 'sign.jpg' }]);
  });

  test('text:"…" keeps what has the words, on the command line as elsewhere', async () => {
    const found = async (...args: string[]): Promise<string[]> =>
      names((await library.fovea('search', ...args, '--json')).json<{ hits: { name: string }[] }>().hits);
    expect(await found('text:"japan tourism"')).toEqual(['sign.jpg']);
    expect(await found('a photo', '--has', 'tourism')).toEqual(['sign.jpg']);
    expect((await found('a photo -text:tourism')).toSorted()).toEqual(['ann-1.png', 'ann-2.png', 'bob.png']);
    expect(await found('a photo text:zebra')).toEqual([]);
  });

  test('a picture finds those of the same face in the index that is named, which words never ask', async () => {
    const image = (await readFile(join(faces, 'ann-1.png'))).toString('base64');
    const { hits } = await client.search({ image, index: 'g.a_faces.embedding' });
    expect(names(hits).slice(0, 2).toSorted()).toEqual(['ann-1.png', 'ann-2.png']);
    expect(hits[0]?.region).not.toBeNull();
    for (const asked of [{ query: 'a photo' }, { image }]) {
      const { plan } = await client.search({ ...asked, explain: true });
      expect(plan?.legs[0]?.indexes).toEqual(['g.clip.embedding']);
    }
    const sign = { image: (await readFile(join(faces, 'sign.jpg'))).toString('base64'), index: 'g.a_faces.embedding' };
    await expect(client.search(sign)).rejects.toThrow('no face is found in it');
  });

  test('faces are grouped by a threshold in SQL', async () => {
    const { rows } = await client.sql(
      `select c.name, d.name as other
         from "g.a_faces" a join "g.a_faces" b on a.content_id < b.content_id
         join content c on c.content_id = a.content_id join content d on d.content_id = b.content_id
        where a.embedding <=> b.embedding < 0.05`,
    );
    expect(rows.map((row) => Object.values(row).toSorted())).toEqual([['ann-1.png', 'ann-2.png']]);
  });
});
