/**
 * Pictures as models want them: whole or in regions, several requests from one decode.
 *
 * @module
 */
import type { BoundingBox } from '../contract/index.ts';
import { decode, shrink, shrinkFast, shrinksOnLoad } from './decode.ts';
import type { Picture } from './picture.ts';
import type { Pixels } from './pixels.ts';
import { type Placement, type ResizeRequest, type Size, place } from './placement.ts';
import { type RenderStep, planRender, planStep } from './plan.ts';
import { type Raster, type Rectangle, resample, whole } from './resample.ts';

/** Brings a picture to what a model takes. Errors: see `decode`. */
export async function render(picture: Picture, request: ResizeRequest): Promise<Pixels> {
  const [pixels] = await renderAll(picture, [request]);
  if (pixels === undefined) throw new RangeError('Cannot render: one request must give one result');
  return pixels;
}

/** Serves all requests from one decode (`plan.ts`), in their order. */
export async function renderAll(picture: Picture, requests: readonly ResizeRequest[]): Promise<Pixels[]> {
  if (requests.length === 0) return [];
  const placements = requests.map((request) => place(picture, request));
  const plan = planRender(picture, placements, { shrinksOnLoad: shrinksOnLoad(picture) });
  const base = await decode(picture, plan.base);
  const rendered: Pixels[] = [];
  for (const [index, placement] of placements.entries()) {
    const step = plan.steps[index] ?? planStep(base, placement);
    rendered.push(await renderStep(base, placement, step));
  }
  return rendered;
}

/** Regions are cut from a decode of at most this many pixels; larger pictures are shrunk to it first. */
export const MAX_REGION_BASE = 24_000_000;

/** One region: see `renderRegions`. */
export async function renderRegion(picture: Picture, box: BoundingBox, request: ResizeRequest): Promise<Pixels> {
  const [pixels] = await renderRegions(picture, [box], request);
  if (pixels === undefined) throw new RangeError('Cannot render: one region must give one result');
  return pixels;
}

/**
 * Brings regions of a picture to what a model takes, as if each were a picture of its own, from one decode.
 *
 * @param boxes Pixels of the upright picture; widened to whole pixels, cut at the picture's edges, at least 1 × 1.
 * @returns In the order of `boxes`; `toOriginal` maps to pixels of the region (its corner is (0, 0)).
 */
export async function renderRegions(
  picture: Picture,
  boxes: readonly BoundingBox[],
  request: ResizeRequest,
): Promise<Pixels[]> {
  if (boxes.length === 0) return [];
  const factor = Math.min(1, Math.sqrt(MAX_REGION_BASE / (picture.width * picture.height)));
  const size =
    factor === 1 ? picture : { width: Math.ceil(picture.width * factor), height: Math.ceil(picture.height * factor) };
  const base = await decode(picture, size);
  const rendered: Pixels[] = [];
  for (const box of boxes) {
    const region = cutRegion(picture, box);
    const placement = place(region, request);
    const part = crop(base, cutRegion(base, scaleBox(box, base.width / picture.width, base.height / picture.height)));
    rendered.push(await renderStep(part, placement, planStep(part, placement)));
  }
  return rendered;
}

/** The size that a region counts as: `ExtractorItem.original` of a region. */
export function regionSize(size: Size, box: BoundingBox): Size {
  const { width, height } = cutRegion(size, box);
  return { width, height };
}

function cutRegion({ width, height }: Size, box: BoundingBox): Rectangle {
  const left = Math.min(width - 1, Math.max(0, Math.floor(box.xmin)));
  const top = Math.min(height - 1, Math.max(0, Math.floor(box.ymin)));
  const right = Math.max(left + 1, Math.min(width, Math.ceil(box.xmax)));
  const bottom = Math.max(top + 1, Math.min(height, Math.ceil(box.ymax)));
  return { left, top, width: right - left, height: bottom - top };
}

function scaleBox({ xmin, ymin, xmax, ymax }: BoundingBox, x: number, y: number): BoundingBox {
  return { xmin: xmin * x, ymin: ymin * y, xmax: xmax * x, ymax: ymax * y };
}

/** Copies a part, so that its rows follow one another. */
function crop(raster: Raster, { left, top, width, height }: Rectangle): Raster {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * raster.width + left) * 3;
    data.set(raster.data.subarray(start, start + width * 3), y * width * 3);
  }
  return { data, width, height };
}

async function renderStep(base: Raster, placement: Placement, { via, resampler }: RenderStep): Promise<Pixels> {
  const { scaled, kernel, window } = placement;
  const from = via === undefined ? base : await shrink(base, via);
  const identical = from.width === scaled.width && from.height === scaled.height;
  const part =
    identical && window.width === scaled.width && window.height === scaled.height
      ? from
      : resampler === 'exact'
        ? resample(from, scaled, kernel, { from: whole(from), window })
        : await shrinkFast(from, scaled, kernel, window);
  return putOnCanvas(part, placement);
}

function putOnCanvas(part: Raster, { canvas, left, top, background, toOriginal }: Placement): Pixels {
  if (part.width === canvas.width && part.height === canvas.height) return { ...part, toOriginal };
  const data = new Uint8Array(canvas.width * canvas.height * 3).fill(background);
  for (let y = 0; y < part.height; y++) {
    const row = part.data.subarray(y * part.width * 3, (y + 1) * part.width * 3);
    data.set(row, ((top + y) * canvas.width + left) * 3);
  }
  return { data, width: canvas.width, height: canvas.height, toOriginal };
}
