/**
 * Boxes of a row, in the forms that data sets write them:
 *
 *     [{ label, x1, y1, x2, y2, score? }, …]                corners
 *     [{ category, bbox: [x, y, width, height] }, …]        COCO's corner and size
 *     { category: [ … ], bbox: [[x, y, width, height], …] } the same by columns, as Hugging Face writes `objects`
 *
 * Pixels of the upright picture. The name is `label`, `category`, `categories`, `class`, `name` or `object_name`.
 *
 * @module
 */
import { describe } from './describe.ts';
import type { DatasetBox } from './types.ts';

const LABEL_NAMES: readonly string[] = ['label', 'labels', 'category', 'categories', 'class', 'name', 'object_name'];
const SIZE_NAMES: readonly string[] = ['bbox', 'bboxes', 'box'];

/** @throws {Error} for anything else, worded to follow the column's name. */
export function readBoxes(value: unknown): DatasetBox[] {
  const parsed: unknown = typeof value === 'string' ? parse(value) : value;
  const items = Array.isArray(parsed) ? parsed : byColumns(parsed);
  return items.map((item: unknown, index) => {
    try {
      return readBox(item);
    } catch (error) {
      throw new Error(`holds a box ${index + 1} that ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`holds ${describe(text)} where boxes should be`);
  }
}

/** Lists side by side as objects. */
function byColumns(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) throw new Error(`holds ${describe(value)} where boxes should be`);
  const lists = Object.entries(value).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
  const boxes = lists.find(([name]) => SIZE_NAMES.includes(name) || name === 'x1');
  if (boxes === undefined) throw new Error('holds an object without a list "bbox" where boxes should be');
  const wrong = lists.find(([, list]) => list.length !== boxes[1].length);
  if (wrong !== undefined) {
    throw new Error(`holds ${boxes[1].length} boxes and ${wrong[1].length} of "${wrong[0]}"`);
  }
  return boxes[1].map((_, index) => Object.fromEntries(lists.map(([name, list]) => [name, list[index]])));
}

function readBox(value: unknown): DatasetBox {
  if (typeof value !== 'object' || value === null) throw new Error(`is ${describe(value)}`);
  const fields = value as Readonly<Record<string, unknown>>;
  const label = LABEL_NAMES.map((name) => fields[name]).find((name) => name !== undefined && name !== null);
  if (typeof label !== 'string' && typeof label !== 'number' && typeof label !== 'bigint') {
    throw new Error(`has no label (one of ${LABEL_NAMES.join(', ')})`);
  }
  const { score } = fields;
  return {
    label: String(label),
    ...corners(fields),
    ...(typeof score === 'number' && score >= 0 && score <= 1 ? { score } : {}),
    ...(fields.iscrowd === 1 || fields.iscrowd === true || fields.crowd === true ? { crowd: true } : {}),
  };
}

function corners(fields: Readonly<Record<string, unknown>>): { x1: number; y1: number; x2: number; y2: number } {
  const size = SIZE_NAMES.map((name) => fields[name]).find((box) => box !== undefined && box !== null);
  if (size === undefined) {
    const [x1, y1, x2, y2] = numbers([fields.x1, fields.y1, fields.x2, fields.y2]);
    return ordered({ x1, y1, x2, y2 });
  }
  const list = ArrayBuffer.isView(size) ? [...(size as Float32Array)] : size;
  if (!Array.isArray(list) || list.length !== 4) throw new Error('has no four numbers');
  const [x, y, width, height] = numbers(list);
  return ordered({ x1: x, y1: y, x2: x + width, y2: y + height });
}

function numbers(values: readonly unknown[]): [number, number, number, number] {
  const [a, b, c, d] = values.map((value) => (typeof value === 'bigint' ? Number(value) : value));
  for (const value of [a, b, c, d]) {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error(`has ${describe(value)} as a coordinate`);
  }
  return [a, b, c, d] as [number, number, number, number];
}

function ordered<T extends { x1: number; y1: number; x2: number; y2: number }>(box: T): T {
  if (box.x2 < box.x1 || box.y2 < box.y1) throw new Error(`ends before it begins (${Object.values(box).join(', ')})`);
  return box;
}
