/**
 * Pictures of text, drawn here: known words in six fonts, five sizes, ten angles and several colours, the same every time.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import sharp from 'sharp';

/** Debian: fonts-dejavu-core and fonts-liberation. */
export const FONTS = [
  'DejaVu Sans',
  'DejaVu Serif',
  'DejaVu Sans Mono',
  'Liberation Sans',
  'Liberation Serif',
  'Liberation Mono',
] as const;

/** Of the letters, in pixels. */
const SIZES = [16, 20, 28, 40, 64] as const;
/** Degrees, clockwise. */
const ANGLES = [0, 0, 5, -7, 15, -25, 45, 90, 180, -90] as const;
const COLORS = [
  ['#111', '#fff'],
  ['#fff', '#14324a'],
  ['#7a1f1f', '#f2e8d5'],
  ['#ffd60a', '#222'],
  ['#444', '#c9d6c4'],
] as const;

const WORDS = `station platform exit museum library garden harbour coffee bakery market street avenue bridge river hotel
  restaurant pharmacy hospital school airport ticket office opening closed Monday Friday Sunday summer winter January August
  London Berlin Madrid Tokyo Rome Vienna Oslo fresh bread orange apple cheese water menu price total invoice number parking
  entrance please keep clear danger warning private property welcome thank you north south east west first second left right
  2024 1987 350 42 100 7500 1066 63 Kitchen Bedroom Gallery Theatre Concert Festival Championship University Department Weather
  Mountain Railway Castle Palace Square Central Grand Royal Modern National Public Service Delivery`
  .split(/\s+/)
  .filter(Boolean);

export interface TextPicture {
  readonly name: string;
  readonly png: Buffer;
  /** Line by line. */
  readonly lines: readonly (readonly string[])[];
  readonly font: string;
  readonly size: number;
  readonly angle: number;
}

/** Fonts of the list that this system lacks: letters of another would be drawn in their place. */
export function missingFonts(): string[] {
  const families = execFileSync('fc-list', [':', 'family'], { encoding: 'utf8' });
  const known = new Set(families.split('\n').flatMap((line) => line.split(',')));
  return FONTS.filter((font) => !known.has(font));
}

/** Draws `count` pictures of 1000 × 1000 pixels, whose middle square of 660 has the text, so that any angle fits. */
export async function textPictures(count: number): Promise<TextPicture[]> {
  const random = generator(20240501);
  const pictures: TextPicture[] = [];
  for (let place = 0; place < count; place++) {
    const font = FONTS[place % FONTS.length] ?? FONTS[0];
    const size = SIZES[Math.floor(place / FONTS.length + place) % SIZES.length] ?? SIZES[0];
    const angle = ANGLES[(place * 3 + Math.floor(place / 10)) % ANGLES.length] ?? 0;
    const [ink, paper] = COLORS[place % COLORS.length] ?? COLORS[0];
    const lines = linesOf(random, size);
    const name = `${String(place).padStart(2, '0')}-${font.replaceAll(' ', '')}-${size}px-${angle}deg.png`;
    pictures.push({ name, png: await draw({ lines, font, size, angle, ink, paper }), lines, font, size, angle });
  }
  return pictures;
}

const SIDE = 1000;
const TEXT_SIDE = 660;

/** As many words as surely fit: letters of the widest font are 0.65 of the size wide. */
function linesOf(random: () => number, size: number): string[][] {
  const letters = Math.floor(TEXT_SIDE / (0.65 * size));
  const rows = Math.min(6, Math.floor(TEXT_SIDE / (1.8 * size)));
  return Array.from({ length: rows }, () => {
    const line: string[] = [];
    for (let tries = 0; tries < 8; tries++) {
      const word = WORDS[Math.floor(random() * WORDS.length)] ?? '';
      if ([...line, word].join(' ').length <= letters) line.push(word);
    }
    return line;
  });
}

interface Drawing {
  readonly lines: readonly (readonly string[])[];
  readonly font: string;
  readonly size: number;
  readonly angle: number;
  readonly ink: string;
  readonly paper: string;
}

function draw({ lines, font, size, angle, ink, paper }: Drawing): Promise<Buffer> {
  const margin = (SIDE - TEXT_SIDE) / 2;
  const texts = lines.map(
    (words, row) => `<text x="${margin}" y="${margin + (row + 1) * 1.8 * size}">${words.join(' ')}</text>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}">
    <rect width="100%" height="100%" fill="${paper}"/>
    <g transform="rotate(${angle} ${SIDE / 2} ${SIDE / 2})" font-family="${font}" font-size="${size}" fill="${ink}">${texts.join('')}</g>
  </svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

/** Park and Miller's minimal standard generator: the same numbers on every machine. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
