/**
 * COCO: pictures, boxes and captions in JSON files.
 *
 *     { images: [{ id, file_name, width, height, coco_url, … }],
 *       annotations: [{ image_id, category_id, bbox: [x, y, width, height], iscrowd } or { image_id, caption }],
 *       categories: [{ id, name }] }
 *
 * The file is read once and as a stream; of it stay the pictures, the boxes and the captions, not the outlines.
 * `instances_x.json` brings `captions_x.json` beside it along, and the other way round.
 *
 * https://cocodataset.org/#format-data
 *
 * @module
 */
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UnreadableFileError } from '../file-error.ts';
import { readBoxes } from './boxes.ts';
import { planColumns } from './columns.ts';
import type { ColumnPlan } from './columns.ts';
import { readJsonValues } from './json-values.ts';
import { plainValue, readRow } from './row.ts';
import type { Dataset, DatasetBox, DatasetColumn, DatasetGroup, DatasetOptions, DatasetRow } from './types.ts';

type Fields = Readonly<Record<string, unknown>>;

/** An annotation with a box, without its outline. */
interface CocoBox {
  readonly category: unknown;
  readonly bbox: unknown;
  readonly iscrowd: unknown;
  readonly score: unknown;
}

/** What is kept of the files. */
interface CocoContent {
  readonly images: Fields[];
  readonly boxes: Map<unknown, CocoBox[]>;
  readonly captions: Map<unknown, string[]>;
  readonly categories: Map<unknown, string>;
}

const PATHS = ['$.images.*', '$.annotations.*', '$.categories.*'];
const GROUP_ROWS = 500;
const CAPTION = 'caption';

/** Opens the file, and the one with the captions or instances of the same pictures where it lies beside. */
export async function openCoco(path: string, options: DatasetOptions): Promise<Dataset> {
  const content: CocoContent = { images: [], boxes: new Map(), captions: new Map(), categories: new Map() };
  await readInto(content, path);
  if (content.images.length === 0) {
    throw new UnreadableFileError(
      path,
      'it lists no "images": COCO files have "images" and "annotations", and a list of objects is read, too',
    );
  }
  const other = otherHalf(path);
  if (other !== undefined && (await isFile(other))) await readInto({ ...content, images: [] }, other);
  const columns = describeColumns(content);
  const plan = planColumns(
    path,
    columns.map(({ name }) => name),
    options,
    await pictureFolder(path, content.images[0]),
  );
  return {
    name: basename(path, '.json').replace(/^(instances|captions)_/, ''),
    kind: 'coco',
    rows: content.images.length,
    image: plan.image,
    columns,
    groups: () => readGroups(path, content, plan),
  };
}

async function* readGroups(path: string, content: CocoContent, plan: ColumnPlan): AsyncGenerator<DatasetGroup> {
  for (let firstRow = 0; firstRow < content.images.length; firstRow += GROUP_ROWS) {
    const images = content.images.slice(firstRow, firstRow + GROUP_ROWS);
    yield {
      key: `${basename(path)}#${firstRow / GROUP_ROWS}`,
      firstRow,
      rows: images.length,
      async *read() {
        for (const [index, image] of images.entries()) yield readImage(firstRow + index, image, content, plan);
      },
    };
  }
}

function readImage(row: number, image: Fields, content: CocoContent, plan: ColumnPlan): DatasetRow {
  const captions = content.captions.get(image['id']);
  const record = captions === undefined ? image : { ...image, [CAPTION]: captions };
  const found = readRow(row, record, plan);
  try {
    const boxes: DatasetBox[] = readBoxes(
      (content.boxes.get(image['id']) ?? []).map((box) => ({ ...box, category: categoryName(content, box.category) })),
    );
    return { ...found, boxes };
  } catch (error) {
    const reason = `picture ${String(image['id'])} ${error instanceof Error ? error.message : String(error)}`;
    return { ...found, problem: found.problem ?? reason };
  }
}

function categoryName(content: CocoContent, id: unknown): string {
  const name = content.categories.get(id);
  if (name === undefined) throw new Error(`holds a box of category ${String(id)}, which the file does not name`);
  return name;
}

async function readInto(content: CocoContent, path: string): Promise<void> {
  for await (const { path: place, value } of readJsonValues(path, PATHS)) {
    if (typeof value !== 'object' || value === null) continue;
    const fields = value as Fields;
    if (place[0] === 'images') content.images.push(fields);
    else if (place[0] === 'categories') content.categories.set(fields['id'], String(fields['name']));
    else keepAnnotation(content, fields);
  }
}

function keepAnnotation({ boxes, captions }: CocoContent, fields: Fields): void {
  const image = fields['image_id'];
  if (typeof fields['caption'] === 'string') add(captions, image, fields['caption'].trim());
  const { bbox, category_id: category, iscrowd, score } = fields;
  if (bbox !== undefined) add(boxes, image, { category, bbox, iscrowd, score });
}

function add<T>(lists: Map<unknown, T[]>, key: unknown, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function describeColumns(content: CocoContent): DatasetColumn[] {
  const [image = {}] = content.images;
  const columns = Object.entries(image).map(([name, sample]) => ({
    name,
    type: typeof sample === 'number' ? 'integer' : 'text',
    sample: plainValue(sample),
  }));
  if (content.captions.size === 0) return columns;
  return [...columns, { name: CAPTION, type: 'text[]', sample: content.captions.get(image['id']) ?? [] }];
}

/** `annotations/instances_val2017.json` → `annotations/captions_val2017.json`, and back. */
function otherHalf(path: string): string | undefined {
  const name = basename(path);
  const other = name.startsWith('instances_')
    ? name.replace('instances_', 'captions_')
    : name.replace(/^captions_/, 'instances_');
  return other === name ? undefined : join(dirname(path), other);
}

/** The first of the usual folders that holds the first picture; the file's own where none does. */
async function pictureFolder(path: string, image: Fields | undefined): Promise<string> {
  const file = image?.['file_name'];
  const here = dirname(path);
  if (typeof file !== 'string') return here;
  const split = basename(path, '.json').replace(/^[a-z]+_/, '');
  for (const folder of [
    here,
    join(here, 'images'),
    join(here, '..'),
    join(here, '..', split),
    join(here, '..', 'images'),
    join(here, '..', 'images', split),
  ]) {
    if (await isFile(join(folder, file))) return folder;
  }
  return here;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
