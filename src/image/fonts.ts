/**
 * Whether this system has a font. Texts inside an SVG need one: without any, each letter is drawn as the same empty box.
 *
 * @module
 */
import sharp from 'sharp';

let known: Promise<boolean> | undefined;

/** True where letters are drawn as themselves. Tried once a process: a font that comes later is seen at the next start. */
export function hasFont(): Promise<boolean> {
  known ??= tryLetters();
  return known;
}

async function tryLetters(): Promise<boolean> {
  const [wide, narrow] = await Promise.all(['M', 'i'].map(drawLetter));
  return wide !== undefined && narrow !== undefined && !wide.equals(narrow);
}

function drawLetter(letter: string): Promise<Buffer> {
  const text = `<text x="5" y="30" font-family="sans-serif" font-size="24">${letter}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">${text}</svg>`;
  return sharp(Buffer.from(svg)).raw().toBuffer();
}
