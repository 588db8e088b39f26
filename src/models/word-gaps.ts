/**
 * Spaces that a recogniser swallowed: where the ink of a line stops for much longer than between two letters, a word ends.
 *
 *     gap ≥ 0.2 · height of the ink     and     gap ≥ 3 · median gap of the line
 *
 * The first alone would cut the narrow letters of typewriter fonts apart. Scripts that put no spaces get none.
 *
 * @module
 */
import type { Raster } from '../image/index.ts';
import type { DecodedText } from './ctc.ts';

const MIN_GAP_HEIGHTS = 0.2;
const MIN_GAP_MEDIANS = 3;
/** A column or row has ink where it goes at least so far from the paper, as a share of what columns with ink do. */
const INK_SHARE = 0.25;
/** What goes less far than this is paper. Of 255. */
const LEAST_INK = 24;

/** Letters and digits of scripts that separate words. */
const OF_WORD = /^(?!\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai})[\p{L}\p{N}]$/u;

/** The text with the spaces that the picture of the line has and the text lacks. */
export function withWordGaps({ text, characters }: DecodedText, line: Raster): string {
  const gaps = wideGaps(line).map(({ from, to }) => (from + to) / 2 / line.width);
  const isApart = (place: number): boolean => {
    const [before, after] = [characters[place - 1], characters[place]];
    if (before === undefined || after === undefined) return false;
    return gaps.some((gap) => gap > before.at && gap < after.at) && isBetweenWords(before.text, after.text);
  };
  if (gaps.length === 0) return text;
  return characters.map((each, place) => (isApart(place) ? ` ${each.text}` : each.text)).join('');
}

function isBetweenWords(before: string | undefined, after: string | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  return OF_WORD.test(after) && /\S/.test(before) && !isWide(before);
}

/** A letter of a script without spaces; signs may stand before a space. */
function isWide(character: string): boolean {
  return /\p{L}/u.test(character) && !OF_WORD.test(character);
}

interface Gap {
  readonly from: number;
  readonly to: number;
}

function wideGaps(line: Raster): Gap[] {
  const { columns, rows } = inkOf(line);
  const most = columns.toSorted((a, b) => a - b)[Math.floor(columns.length * 0.9)] ?? 0;
  if (most < LEAST_INK) return [];
  const isInk = (value: number): boolean => value >= most * INK_SHARE;
  const height = rows.filter(isInk).length;
  const gaps = gapsBetween(columns.map(isInk));
  const widths = gaps.map(({ from, to }) => to - from).toSorted((a, b) => a - b);
  const median = widths[Math.floor((widths.length - 1) / 2)] ?? 0;
  const least = Math.max(MIN_GAP_HEIGHTS * height, MIN_GAP_MEDIANS * median);
  return gaps.filter(({ from, to }) => to - from >= least);
}

/** Runs without ink that have ink on both sides. */
function gapsBetween(isInk: readonly boolean[]): Gap[] {
  const gaps: Gap[] = [];
  let last = -1;
  for (const [x, here] of isInk.entries()) {
    if (!here) continue;
    if (last !== -1 && x - last > 1) gaps.push({ from: last + 1, to: x });
    last = x;
  }
  return gaps;
}

/**
 * How far each column and each row of a line goes from the paper, whose colour most of its pixels have: 0 to 255, of green.
 * (What differs within a column is not enough: a stem may fill all of it.)
 */
export function inkOf({ data, width, height }: Raster): { readonly columns: number[]; readonly rows: number[] } {
  const counts = new Uint32Array(256);
  for (let at = 1; at < data.length; at += 3) counts[data[at] ?? 0] = (counts[data[at] ?? 0] ?? 0) + 1;
  let paper = 0;
  for (let below = counts[0] ?? 0; below < (width * height) / 2; below += counts[paper] ?? 0) paper += 1;
  const columns = Array.from({ length: width }, () => 0);
  const rows = Array.from({ length: height }, () => 0);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const ink = Math.abs((data[(y * width + x) * 3 + 1] ?? 0) - paper);
      if (ink > (columns[x] ?? 0)) columns[x] = ink;
      if (ink > (rows[y] ?? 0)) rows[y] = ink;
    }
  }
  return { columns, rows };
}
