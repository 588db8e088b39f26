/**
 * The files of a run: small pictures that differ, some that can't be decoded, and some that are none.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import sharp from 'sharp';

/** A file's bytes, and what anyone can tell of them by looking. */
export interface Sample {
  readonly bytes: Buffer;
  readonly sha256: string;
  /** `truncated`: begins like a picture; `noise`: like nothing; `text`: is passed over unless its name promises a picture. */
  readonly kind: 'picture' | 'truncated' | 'noise' | 'text';
  readonly mimeType: string;
  /** Upright, in pixels; null where it can't be decoded. */
  readonly width: number | null;
  readonly height: number | null;
  /** Colours that it is made of, in equal parts. */
  readonly colors: number;
}

const COLORS = ['#d01818', '#18a018', '#1828c8', '#f0e020', '#ffffff', '#000000'];
const HEIGHT = 24;
const UNKNOWN_TYPE = 'application/octet-stream';
/** Upright it is wider than high, stored the other way. */
const ROTATED = 6;

/** The same ones for the same count; no two have as many bytes. */
export async function makeSamples(count: number): Promise<Sample[]> {
  const sizes = new Set<number>();
  const samples: Sample[] = [];
  for (let number = 0; number < count; number++) {
    const made = await makeSample(number);
    let { bytes } = made;
    while (sizes.has(bytes.length)) bytes = Buffer.concat([bytes, Buffer.from([0])]);
    sizes.add(bytes.length);
    samples.push({ ...made, bytes, sha256: createHash('sha256').update(bytes).digest('hex') });
  }
  return samples;
}

async function makeSample(number: number): Promise<Omit<Sample, 'sha256'>> {
  const unreadable = { width: null, height: null, colors: 0 };
  if (number % 11 === 5) {
    return number % 2 === 0
      ? { ...unreadable, bytes: Buffer.from(`${number} `.repeat(40 + number)), kind: 'text', mimeType: 'text/plain' }
      : { ...unreadable, bytes: Buffer.alloc(200 + number, 0x80), kind: 'noise', mimeType: UNKNOWN_TYPE };
  }
  // Of several, JPEG would mix more.
  const isJpeg = number % 7 === 3;
  const colors = isJpeg ? 1 : 1 + (number % 3);
  const width = 12 * (2 + (number % 7));
  const stripes = Array.from({ length: colors }, (_, place) => ({
    input: {
      create: {
        width: width / colors,
        height: HEIGHT,
        channels: 3 as const,
        background: COLORS[(number + place) % COLORS.length] ?? '#888888',
      },
    },
    left: (place * width) / colors,
    top: 0,
  }));
  const picture = sharp({ create: { width, height: HEIGHT, channels: 3, background: '#000000' } }).composite(stripes);
  // A line of text that differs, so that pictures which look alike have other bytes.
  const named = picture.withExif({ IFD0: { ImageDescription: `Picture ${number}` } });
  if (isJpeg) {
    const bytes = await named.withMetadata({ orientation: ROTATED }).jpeg({ quality: 95 }).toBuffer();
    return { bytes, kind: 'picture', mimeType: 'image/jpeg', width: HEIGHT, height: width, colors };
  }
  const bytes = await named.png().toBuffer();
  if (number % 9 === 4) {
    return { ...unreadable, bytes: bytes.subarray(0, bytes.length - 30), kind: 'truncated', mimeType: 'image/png' };
  }
  return { bytes, kind: 'picture', mimeType: 'image/png', width, height: HEIGHT, colors };
}
