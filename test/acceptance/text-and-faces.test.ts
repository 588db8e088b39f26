import { cpSync, mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { testData } from '../data.ts';
import { writeTinySface, writeTinyYunet } from '../models/tiny-faces.ts';
import { writeTinyGroundingDino } from '../models/tiny-grounding-dino.ts';
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

/** Red on the left, green on the right. */
async function writeHalves(path: string): Promise<void> {
  const right = { create: { width: 80, height: 80, channels: 3, background: '#0f0' } } as const;
  await sharp({ create: { width: 160, height: 80, channels: 3, background: '#f00' } })
    .composite([{ input: right, left: 80, top: 0 }])
    .png()
    .toFile(path);
}

describeLibrary('text, faces and named things', (newLibrary) => {
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
    await writeHalves(join(faces, 'halves.png'));
    const grounding = await writeTinyGroundingDino(join(library.folder, 'tiny-grounding-dino'));
    const [model, embedder] = [join(library.folder, 'yunet'), join(library.folder, 'sface')];
    await writeTinyYunet(model);
    await writeTinySface(embedder);
    const policies = [
      { name: 'ocr', extractor: 'image/ocr', input_params: { model: 'ppocr', language: 'en' } },
      { name: 'clip', extractor: 'embedding/clip', input_params: { model: 'fovea-tiny' } },
      {
        name: 'things',
        extractor: 'tensorlake/groundingdino',
        input_params: { model: grounding, prompt: 'Green. red.', box_threshold: 0.9 },
      },
      { name: 'parts', extractor: 'embedding/clip', content_source: 'things', input_params: { model: 'fovea-tiny' } },
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
    expect((await found('a photo -text:tourism')).toSorted()).toEqual([
      'ann-1.png',
      'ann-2.png',
      'bob.png',
      'halves.png',
    ]);
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

  const EDGES = { red: [5, 2.5, 75, 77.5], green: [85, 2.5, 155, 77.5] };
  const asBox = ([xmin, ymin, xmax, ymax]: readonly number[]) => ({ xmin, ymin, xmax, ymax });

  test('what a prompt names is rows like those of any detector', async () => {
    const { rows } = await client.sql(
      `select name, object_name, phrase, bounding_box from g
        where name = 'halves.png' and object_name is not null order by object_name`,
    );
    expect(rows).toEqual(
      (['green', 'red'] as const).map((color) => ({
        name: 'halves.png',
        object_name: color,
        phrase: color,
        bounding_box: EDGES[color],
      })),
    );
  });

  test('any word finds a box, which is shown with its picture, here and on the command line', async () => {
    for (const color of ['green', 'red'] as const) {
      const { hits, plan } = await client.search({ query: color, regions: true, legs: ['vector'], explain: true });
      expect(plan?.legs.map(({ indexes }) => indexes[0])).toContain('g.parts.embedding');
      expect(names(hits).filter((name) => name === 'halves.png')).toHaveLength(1);
      const hit = hits.find(({ name }) => name === 'halves.png');
      expect(hit?.regions?.map(({ index, box }) => [index, box])).toEqual(
        [EDGES[color], EDGES[color === 'red' ? 'green' : 'red']].map((edges) => ['g.parts.embedding', asBox(edges)]),
      );
      expect(hit?.region).toEqual(asBox(EDGES[color]));
    }
    const shown = await library.fovea('search', 'red', '--regions', '--where', "name = 'halves.png'");
    expect(shown.stdout).toMatch(/^ {4}boxes 5,3,75,78 \(0\.\d+\), 85,3,155,78 \(/m);
  });

  test('the same in SQL: a box, its class and its nearness to words', async () => {
    const { rows } = await client.sql(
      `select t.object_name from "g.parts" p join "g.things" t using (content_id, ord)
        order by similarity(p.embedding, embed('g.parts.embedding', 'red')) desc limit 1`,
    );
    expect(rows).toEqual([{ object_name: 'red' }]);
  });

  test('without vectors of boxes a search says what to add', async () => {
    const other = client.withNamespace('plain');
    await other.namespaces.create('plain');
    const policy = { name: 'clip', extractor: 'embedding/clip', input_params: { model: 'fovea-tiny' } };
    await other.graphs.apply(JSON.stringify({ name: 'g', extraction_policies: [policy] }));
    await expect(other.search({ query: 'a red backpack', regions: true })).rejects.toThrow(
      'extractor: embedding/clip, content_source: photos.objects',
    );
  });
});
