import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import type { Duplicates, DuplicatesProgress, SimilarPictures } from '../../src/contract/index.ts';
import { testData } from '../data.ts';
import { describeLibrary, type Library, type RunningServer } from './library.ts';

const HASHES = '{ extractor: image/phash, name: hash }';
const GREY = '{ extractor: image/phash, name: hash, input_params: { grey: true } }';
const CLIP = '{ extractor: embedding/clip, name: clip, input_params: { model: fovea-tiny } }';

describeLibrary('duplicates', (newLibrary) => {
  let library: Library;
  let client: RunningServer['client'];
  const apply = (...policies: string[]) =>
    client.graphs.apply(`name: g\nextraction_policies: [${policies.join(', ')}]\n`, { mode: 'apply' });
  const idOf = async (name: string): Promise<string> =>
    String((await client.sql('select content_id from content where name = $1', [name])).rows[0]?.content_id);

  beforeAll(async () => {
    library = await newLibrary();
    ({ client } = await library.serve());
    const folder = library.photos('photos', 'owl.jpg', 'pets.jpg', 'parrot.jpg');
    const owl = testData('data/photos/owl.jpg');
    const { width = 0, height = 0 } = await sharp(owl).metadata();
    const save = async (name: string, image: Sharp) =>
      writeFileSync(join(folder, name), await image.jpeg({ quality: 60 }).toBuffer());
    await save('again.jpg', sharp(owl));
    await save('small.jpg', sharp(owl).resize(Math.round(width / 2)));
    const area = {
      left: Math.round(width * 0.05),
      top: 0,
      width: Math.round(width * 0.9),
      height: Math.round(height * 0.95),
    };
    await save('cropped.jpg', sharp(owl).extract(area));
    await save('white.jpg', sharp({ create: { width: 40, height: 30, channels: 3, background: '#fff' } }));
    await save('black.jpg', sharp({ create: { width: 40, height: 30, channels: 3, background: '#000' } }));
    mkdirSync(join(folder, 'backup'));
    cpSync(join(folder, 'pets.jpg'), join(folder, 'backup', 'pets.jpg'));
    await apply(HASHES);
    for await (const { failed } of client.addPath(folder)) expect(failed).toBe(0);
    await client.waitUntilIndexed();
  });

  test('a namespace without hashes, or without small pictures, says what is missing', async () => {
    await client.namespaces.create('empty');
    await expect(client.withNamespace('empty').duplicates()).rejects.toThrow(
      /namespace "empty" has no policy.*grey: true/,
    );
    await expect(client.duplicates()).rejects.toThrow(
      /policy "g.hash" keeps hashes, but no small grey pictures.*grey: true/,
    );
    expect((await client.duplicates({ kind: 'same-bytes' })).sameBytes?.total).toBe(1);
  });

  test('files with the same bytes and pictures that show the same are two lists', async () => {
    await apply(GREY, CLIP);
    await client.waitUntilIndexed();
    const found = (await library.fovea('duplicates', '--json')).json<Duplicates>();
    expect(found.sameBytes).toMatchObject({ total: 1, copies: 1, groups: [{ keep: { name: 'pets.jpg' } }] });
    const [same] = found.sameBytes?.groups ?? [];
    expect(
      [same?.keep, ...(same?.copies ?? [])].map((place) => place?.uri?.split('/').slice(-2).join('/')).toSorted(),
    ).toEqual(['backup/pets.jpg', 'photos/pets.jpg']);
    expect(found.similarPictures).toMatchObject({ total: 1, copies: 3, compared: 6 });
    const [group] = found.similarPictures?.groups ?? [];
    expect(group?.keep.name).toBe('owl.jpg');
    expect(Object.fromEntries(group?.copies.map(({ name, change }) => [name, change]) ?? [])).toEqual({
      'again.jpg': 're-encoded',
      'small.jpg': 'resized',
      'cropped.jpg': 'cropped',
    });
    const region = group?.copies.find(({ name }) => name === 'cropped.jpg')?.region;
    const [width, height] = [group?.keep.width ?? 0, group?.keep.height ?? 0];
    expect((region?.xmin ?? 0) / width).toBeCloseTo(0.05, 1.5);
    expect((region?.xmax ?? 0) / width).toBeCloseTo(0.95, 1.5);
    expect((region?.ymax ?? 0) / height).toBeCloseTo(0.95, 1.5);
    expect(found.notes).toEqual(['2 pictures were not compared: they are of one colour, or nearly']);
    const told: DuplicatesProgress[] = [];
    expect(await client.duplicates({ onProgress: (progress) => told.push(progress) })).toEqual(found);
    expect(told.at(0)).toEqual({ seen: 0, pictures: null, finished: false });
    expect(told.at(-1)).toEqual({ seen: 8, pictures: 8, finished: true, found });
  });

  test('tables name the one to keep; both kinds alone are wrong use', async () => {
    const pictures = await library.fovea('duplicates', '--similar-pictures');
    expect(pictures.stdout).toMatch(/^Pictures that show the same, of 6 compared: 1 group with 3 copies/);
    expect(pictures.stdout).toMatch(/1\s+keep\s+owl\.jpg/);
    expect((await library.fovea('duplicates', '--similar-pictures', '--same-bytes')).code).toBe(2);
  });

  test('similar pictures are those that are no copies', async () => {
    const found = (await library.fovea('similar', await idOf('owl.jpg'), '-k', '2', '--json')).json<SimilarPictures>();
    const copies = await Promise.all(['again.jpg', 'small.jpg', 'cropped.jpg'].map(idOf));
    expect(found.copies.toSorted()).toEqual(copies.toSorted());
    expect(found.hits.length).toBe(2);
    for (const { name } of found.hits) expect(['pets.jpg', 'parrot.jpg', 'white.jpg', 'black.jpg']).toContain(name);
    await expect(client.similar('00000000-0000-0000-0000-00000000000f')).rejects.toThrow(/Cannot find content/);
  });
});
