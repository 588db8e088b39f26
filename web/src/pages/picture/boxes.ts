/**
 * Boxes among what was extracted: rows of any policy that has `x1`, `y1`, `x2` and `y2`, in pixels of the upright original.
 *
 * @module
 */
import type { BoundingBox, ContentFeatures } from 'fovea/client';
import { isTrackRow } from './tracks.ts';

export interface Box {
  /** Unique within the picture: `<graph>.<policy>/<ord>`. */
  readonly key: string;
  /** What is written on it: the class, as the policy's model names it, or the text that was read; else the policy's name. */
  readonly label: string;
  /** What it is counted and left out with: its class; of texts, all of their policy. */
  readonly group: string;
  /** In [0, 1]; null where the policy gives none. */
  readonly score: number | null;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  /** Corners of what lies askew, such as a line of text: drawn instead of the edges. */
  readonly corners: readonly (readonly [number, number])[] | null;
}

export interface BoxClass {
  readonly label: string;
  readonly count: number;
}

/** Which boxes are drawn. */
export interface BoxFilter {
  /** Groups that are left out. */
  readonly hidden: ReadonlySet<string>;
  /** Boxes without a score pass always. */
  readonly minScore: number;
}

type Row = ContentFeatures['features'][number]['rows'][number];

/** Columns that name what is in a box, the first that is there counts. */
const LABEL_COLUMNS = ['object_name', 'label', 'class', 'name'] as const;

export function keyOfRow(graph: string, policy: string, row: Row): string {
  return `${graph}.${policy}/${String(row['ord'])}`;
}

/** The largest first, so that those drawn later lie above those that hold them; without those of a time in a video. */
export function boxesOf({ features }: ContentFeatures): Box[] {
  const boxes = features.flatMap(({ graph, policy, rows }) => rows.flatMap((row) => boxOfRow(graph, policy, row)));
  return boxes.sort((a, b) => area(b) - area(a) || (a.key < b.key ? -1 : 1));
}

/** The most frequent first. */
export function classesOf(boxes: readonly Box[]): BoxClass[] {
  const counts = new Map<string, number>();
  for (const { group } of boxes) counts.set(group, (counts.get(group) ?? 0) + 1);
  return [...counts]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
}

export function visibleBoxes(boxes: readonly Box[], { hidden, minScore }: BoxFilter): Box[] {
  return boxes.filter(({ group, score }) => !hidden.has(group) && (score === null || score >= minScore));
}

/** The box that lies where a search says that it matched; edges there are single precision. */
export function boxAt(boxes: readonly Box[], { xmin, ymin, xmax, ymax }: BoundingBox): Box | undefined {
  const is = (a: number, b: number): boolean => Math.abs(a - b) < 0.5;
  return boxes.find(({ x1, y1, x2, y2 }) => is(x1, xmin) && is(y1, ymin) && is(x2, xmax) && is(y2, ymax));
}

function boxOfRow(graph: string, policy: string, row: Row): Box[] {
  const { x1, y1, x2, y2, score } = row;
  if (!isNumber(x1) || !isNumber(y1) || !isNumber(x2) || !isNumber(y2) || isTrackRow(row)) return [];
  const group = LABEL_COLUMNS.map((column) => row[column]).find(isText) ?? policy;
  return [
    {
      key: keyOfRow(graph, policy, row),
      label: isText(row['text']) && group === policy ? row['text'] : group,
      group,
      score: isNumber(score) ? score : null,
      x1,
      y1,
      x2,
      y2,
      corners: cornersOf(row['polygon']),
    },
  ];
}

/** Four corners, as x and y of each. */
function cornersOf(polygon: unknown): Box['corners'] {
  if (!Array.isArray(polygon) || polygon.length !== 8 || !polygon.every(isNumber)) return null;
  return [0, 2, 4, 6].map((at) => [polygon[at] ?? 0, polygon[at + 1] ?? 0] as const);
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const area = ({ x1, y1, x2, y2 }: Box): number => (x2 - x1) * (y2 - y1);
