import { expect, test } from 'vitest';
import type { Raster } from '../image/index.ts';
import { inkOf, withWordGaps } from './word-gaps.ts';

const HEIGHT = 20;

/** A line drawn by a text: `#` is a column of ink with paper above and below, `.` one of paper; each stands for two columns. */
function line(drawing: string, ink = 0, paper = 255): Raster {
  const width = drawing.length * 2;
  const data = new Uint8Array(width * HEIGHT * 3).fill(paper);
  for (let y = HEIGHT / 4; y < (HEIGHT * 3) / 4; y++)
    for (let x = 0; x < width; x++)
      if (drawing[Math.floor(x / 2)] === '#') data.fill(ink, (y * width + x) * 3, (y * width + x + 1) * 3);
  return { data, width, height: HEIGHT };
}

/** Characters at the middles of the runs of ink. */
function decoded(text: string, drawing: string) {
  const runs = [...drawing.matchAll(/#+/g)].map(({ index, 0: run }) => (index + run.length / 2) / drawing.length);
  const characters = [...text].map((character, place) => ({ text: character, at: runs[place] ?? 1 }));
  return { text, characters, score: 1 };
}

test.each([
  ['where the ink stops for long', 'toRome', '##.##.....##.##.##.##', 'to Rome'],
  ['of typewriter fonts not, whose letters stand apart', 'ilil', '#...##...#...##', 'ilil'],
  ['but between their words', 'iljk', '##...##.........##...##', 'il jk'],
  ['after a comma', 'a,b', '##.#.....##', 'a, b'],
  ['not before a comma', 'a,b', '##.....#.##', 'a,b'],
  ['not between Chinese characters', '中文字', '##.....##.##', '中文字'],
  ['nowhere in one word', 'word', '##.##.##.##', 'word'],
])('withWordGaps() puts spaces %s', (_, text, drawing, expected) => {
  expect(withWordGaps(decoded(text, drawing), line(drawing))).toBe(expected);
});

test('withWordGaps() works for light on dark, and sees nothing in paper', () => {
  const drawing = '##.##.....##.##';
  expect(withWordGaps(decoded('atat', drawing), line(drawing, 240, 30))).toBe('at at');
  expect(withWordGaps(decoded('atat', drawing), line(drawing, 250, 255))).toBe('atat');
});

test('inkOf() measures from the paper, also where a stem fills its column', () => {
  const stem = line('....');
  for (let y = 0; y < HEIGHT; y++) stem.data.fill(55, (y * 8 + 2) * 3, (y * 8 + 3) * 3);
  expect(inkOf(stem).columns).toEqual([0, 0, 200, 0, 0, 0, 0, 0]);
});
