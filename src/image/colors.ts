/**
 * The dominant colours of a picture, as people would name them.
 *
 * Pixels are counted in 32³ cells of RGB; the cells are clustered by k-means in OKLab, where distance is what the eye
 * sees. Seeds are chosen without chance (the heaviest cell, then the one with the largest weight × squared distance), so
 * equal pictures give equal colours. Clusters that look alike are merged.
 *
 * Björn Ottosson, "A perceptual color space for image processing" (OKLab), 2020. Names: the eleven basic colour terms of
 * Berlin and Kay, 1969, each by a few examples.
 *
 * @module
 */
import type { ResizeRequest } from './placement.ts';
import type { Raster } from './resample.ts';

export interface DominantColor {
  /** `#rrggbb`, sRGB. */
  readonly hex: string;
  /** Share of the picture's pixels, in (0, 1]. */
  readonly share: number;
  /** The basic colour that it looks most like: black, white, grey, red, green, yellow, blue, brown, orange, pink or purple. */
  readonly name: string;
}

/** What to ask `renderAll` for. */
export const COLOR_PIXELS: ResizeRequest = { resize: 'maxSide', side: 96, kernel: 'bilinear' };

/** Clusters before merging: more than are returned, or two colours would be averaged to one that isn't there. */
const CLUSTERS = 8;
const ITERATIONS = 12;

/** OKLab distance below which two colours count as one; black to white is 1. */
const ALIKE = 0.08;

type Lab = readonly [lightness: number, greenRed: number, blueYellow: number];

interface Cluster {
  readonly center: Lab;
  readonly weight: number;
}

/** At most `count` colours, largest share first; fewer where a picture has fewer. */
export function dominantColors(pixels: Raster, count = 3): DominantColor[] {
  const cells = countCells(pixels);
  const merged = mergeAlike(kMeans(cells, seeds(cells)));
  const total = pixels.width * pixels.height;
  return merged.slice(0, count).map(({ center, weight }) => ({
    hex: toHex(center),
    share: Math.round((weight / total) * 10_000) / 10_000,
    name: nearestName(center),
  }));
}

/** The mean colour and the number of pixels of each cell that has some, in a fixed order. */
function countCells({ data, width, height }: Raster): Cluster[] {
  const cells = new Map<number, { red: number; green: number; blue: number; weight: number }>();
  for (let position = 0; position < width * height * 3; position += 3) {
    const [red = 0, green = 0, blue = 0] = [data[position], data[position + 1], data[position + 2]];
    const key = ((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3);
    const cell = cells.get(key) ?? { red: 0, green: 0, blue: 0, weight: 0 };
    cell.red += red;
    cell.green += green;
    cell.blue += blue;
    cell.weight++;
    cells.set(key, cell);
  }
  return [...cells]
    .toSorted(([a], [b]) => a - b)
    .map(([, { red, green, blue, weight }]) => ({
      center: toLab(red / weight, green / weight, blue / weight),
      weight,
    }));
}

function seeds(cells: readonly Cluster[]): Lab[] {
  const chosen: Lab[] = [];
  while (chosen.length < Math.min(CLUSTERS, cells.length)) {
    let best: Cluster | undefined;
    let bestValue = 0;
    for (const cell of cells) {
      const value = cell.weight * (chosen.length === 0 ? 1 : nearest(cell.center, chosen).squared);
      if (value > bestValue) [best, bestValue] = [cell, value];
    }
    if (best === undefined) break;
    chosen.push(best.center);
  }
  return chosen;
}

/** Lloyd's iterations on weighted cells; clusters that lose all their cells are dropped. */
function kMeans(cells: readonly Cluster[], start: readonly Lab[]): Cluster[] {
  let clusters: Cluster[] = start.map((center) => ({ center, weight: 0 }));
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const centers = clusters.map(({ center }) => center);
    const members = centers.map((): Cluster[] => []);
    for (const cell of cells) members[nearest(cell.center, centers).index]?.push(cell);
    clusters = members.filter((list) => list.length > 0).map(mean);
  }
  return clusters;
}

/** Joins the two closest until none are alike; largest first. */
function mergeAlike(clusters: readonly Cluster[]): Cluster[] {
  let rest = bySize(clusters);
  for (;;) {
    const pair = closestPair(rest);
    if (pair === undefined) return rest;
    rest = bySize([...rest.filter((cluster) => !pair.includes(cluster)), mean(pair)]);
  }
}

function closestPair(clusters: readonly Cluster[]): [Cluster, Cluster] | undefined {
  let closest: [Cluster, Cluster] | undefined;
  let smallest = ALIKE * ALIKE;
  for (const [index, a] of clusters.entries()) {
    for (const b of clusters.slice(index + 1)) {
      const squared = squaredDistance(a.center, b.center);
      if (squared < smallest) [closest, smallest] = [[a, b], squared];
    }
  }
  return closest;
}

function bySize(clusters: readonly Cluster[]): Cluster[] {
  return clusters.toSorted((a, b) => b.weight - a.weight || a.center[0] - b.center[0]);
}

function mean(clusters: readonly Cluster[]): Cluster {
  const weight = clusters.reduce((sum, cluster) => sum + cluster.weight, 0);
  const average = (axis: 0 | 1 | 2): number =>
    clusters.reduce((sum, cluster) => sum + cluster.center[axis] * cluster.weight, 0) / weight;
  return { center: [average(0), average(1), average(2)], weight };
}

function nearest(color: Lab, centers: readonly Lab[]): { index: number; squared: number } {
  let result = { index: 0, squared: Infinity };
  for (const [index, center] of centers.entries()) {
    const squared = squaredDistance(color, center);
    if (squared < result.squared) result = { index, squared };
  }
  return result;
}

function squaredDistance(a: Lab, b: Lab): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
}

const EXAMPLES = {
  black: ['#000000', '#1c1c1c'],
  white: ['#ffffff', '#f0f0f0'],
  grey: ['#484848', '#808080', '#b8b8b8', '#5f6368', '#a9b0b7'],
  red: ['#ff0000', '#b01020', '#7a0c14', '#e04040'],
  green: ['#00a000', '#40ff40', '#1c5a1c', '#6b8e23', '#90c090', '#3a4a24', '#00a878'],
  yellow: ['#ffff00', '#f2d03a', '#fff3a0', '#c9b000'],
  blue: ['#0000ff', '#1e74d0', '#00007a', '#8cc8f0', '#6f9fd8', '#00c8e8', '#3a5a8a', '#007a8a'],
  brown: ['#8b4513', '#54341c', '#a87848', '#cfae84', '#3a2416', '#7a6248'],
  orange: ['#ff8c00', '#e06a10', '#ffb060'],
  pink: ['#ffc0cb', '#ff69b4', '#f090a8', '#e040a0'],
  purple: ['#800080', '#9060d0', '#4a1a70', '#c8a0e0', '#b020d0'],
} as const;

/** One row per example. */
const NAMES = Object.entries(EXAMPLES).flatMap(([name, examples]) =>
  examples.map((hex) => ({ name, color: parseHex(hex) })),
);

function parseHex(hex: string): Lab {
  const value = Number.parseInt(hex.slice(1), 16);
  return toLab(value >> 16, (value >> 8) & 255, value & 255);
}

function nearestName(color: Lab): string {
  const { index } = nearest(
    color,
    NAMES.map((known) => known.color),
  );
  return NAMES[index]?.name ?? 'grey';
}

function toLab(red: number, green: number, blue: number): Lab {
  const [r, g, b] = [linear(red), linear(green), linear(blue)];
  const long = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const medium = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const short = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  ];
}

function toHex([lightness, a, b]: Lab): string {
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channels = [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ];
  return `#${channels.map((channel) => encoded(channel).toString(16).padStart(2, '0')).join('')}`;
}

/** sRGB's transfer function, IEC 61966-2-1: 0–255 to 0–1 of light. */
function linear(channel: number): number {
  const value = channel / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function encoded(light: number): number {
  const value = light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
  return Math.round(Math.min(1, Math.max(0, value)) * 255);
}
