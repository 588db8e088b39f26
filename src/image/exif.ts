/**
 * What the camera wrote down: EXIF, with XMP where EXIF has no date, as plain facts in plain units.
 *
 * The time zone of a picture, in this order (EXIF keeps local time and often no zone):
 *
 * 1. the offset tag that belongs to the date (`OffsetTimeOriginal`, …), or the zone of an XMP date;
 * 2. the GPS clock, which is UTC: local − GPS, where that is within 2 minutes of a quarter of an hour from −12 to +14 h;
 * 3. unknown: `takenAt` then reads the local time as if it were UTC, and `zone` says `unknown`.
 *
 * Cameras write odd things. Every fact stands alone: what can't be read is null, and nothing throws.
 *
 * CIPA DC-008, "Exchangeable image file format for digital still cameras: Exif Version 2.32".
 *
 * @module
 */
// A CommonJS bundle: Node finds no names in it, only the default.
import ExifReader from 'exifreader';

export interface ExifFacts {
  /** UTC, ISO 8601, e.g. `2015-04-10T18:12:23.550Z`; see above for what it means without a zone. */
  readonly takenAt: string | null;
  /** As the camera's clock showed it, without a zone: `2015-04-10T20:12:23`. */
  readonly takenLocal: string | null;
  /** `+02:00`, or `unknown`; null without a date. */
  readonly zone: string | null;
  readonly cameraMake: string | null;
  readonly cameraModel: string | null;
  readonly lens: string | null;
  /** Degrees, north and east positive, WGS 84. Both or none; (0, 0) means that the camera had no fix. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** Metres above sea level. */
  readonly altitude: number | null;
  /** 1–8. */
  readonly orientation: number | null;
  readonly iso: number | null;
  /** Seconds. */
  readonly exposureTime: number | null;
  readonly fNumber: number | null;
  /** Millimetres, as is and for the field of view of a 35 mm film. */
  readonly focalLength: number | null;
  readonly focalLength35mm: number | null;
  readonly flashFired: boolean | null;
  readonly software: string | null;
  readonly description: string | null;
  readonly artist: string | null;
  readonly copyright: string | null;
}

/** Reads the facts from a file's bytes (JPEG, TIFF, PNG, WebP, HEIC, AVIF, JPEG XL). Never throws. */
export function readExif(bytes: Uint8Array): ExifFacts {
  const tags = loadTags(bytes);
  const position = readPosition(tags);
  const orientation = number(tags, 'Orientation');
  const flash = number(tags, 'Flash');
  return {
    ...readTime(tags),
    ...position,
    cameraMake: text(tags, 'Make'),
    cameraModel: text(tags, 'Model'),
    lens: text(tags, 'LensModel') ?? text(tags, 'Lens'),
    orientation: orientation !== null && [1, 2, 3, 4, 5, 6, 7, 8].includes(orientation) ? orientation : null,
    iso: positive(number(tags, 'ISOSpeedRatings') ?? number(tags, 'PhotographicSensitivity')),
    exposureTime: positive(number(tags, 'ExposureTime')),
    fNumber: positive(number(tags, 'FNumber')),
    focalLength: positive(number(tags, 'FocalLength')),
    focalLength35mm: positive(number(tags, 'FocalLengthIn35mmFilm')),
    flashFired: flash === null ? null : (flash & 1) === 1,
    software: text(tags, 'Software'),
    description: text(tags, 'ImageDescription'),
    artist: text(tags, 'Artist'),
    copyright: text(tags, 'Copyright'),
  };
}

/** Tags by name: EXIF's, and `xmp:…` for XMP's. Values are whatever the file holds. */
type Tags = ReadonlyMap<string, unknown>;

/** The reader throws on files without metadata and on some broken ones; both mean no tags. */
function loadTags(bytes: Uint8Array): Tags {
  const tags = new Map<string, unknown>();
  try {
    // eslint-disable-next-line import/no-named-as-default-member
    const groups = ExifReader.load(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), { expanded: true });
    for (const [name, tag] of Object.entries(groups.exif ?? {})) tags.set(name, valueOf(tag));
    for (const [name, tag] of Object.entries(groups.xmp ?? {})) tags.set(`xmp:${name}`, valueOf(tag));
    for (const [name, value] of Object.entries(groups.gps ?? {})) tags.set(`gps:${name}`, value);
  } catch {
    return tags;
  }
  return tags;
}

function valueOf(tag: unknown): unknown {
  return typeof tag === 'object' && tag !== null && 'value' in tag ? tag.value : undefined;
}

/** Longest text that is kept: some software writes a whole protocol. */
const MAX_TEXT = 2000;

/** Text without control characters and padding; null where nothing is left. Strings come as lists of strings. */
function text(tags: Tags, name: string): string | null {
  const value = tags.get(name);
  const parts: unknown[] = Array.isArray(value) ? value : [value];
  const joined = parts.filter((part) => typeof part === 'string').join(' ');
  // eslint-disable-next-line no-control-regex
  const clean = joined.replaceAll(/[\u0000-\u001f\u007f-\u009f\ufffd]+/g, ' ').trim();
  return clean === '' ? null : clean.slice(0, MAX_TEXT);
}

/** A number, the first of several, or a fraction [numerator, denominator]. */
function number(tags: Tags, name: string): number | null {
  return toNumber(tags.get(name));
}

function toNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (!Array.isArray(value)) return null;
  const [first, second]: unknown[] = value;
  if (Array.isArray(first)) return toNumber(first);
  if (typeof first !== 'number') return null;
  const quotient = value.length === 2 && typeof second === 'number' ? first / second : first;
  return Number.isFinite(quotient) ? quotient : null;
}

function positive(value: number | null): number | null {
  return value !== null && value > 0 ? value : null;
}

function readPosition(tags: Tags): Pick<ExifFacts, 'latitude' | 'longitude' | 'altitude'> {
  const latitude = number(tags, 'gps:Latitude');
  const longitude = number(tags, 'gps:Longitude');
  const altitude = number(tags, 'gps:Altitude');
  const fixed =
    latitude !== null &&
    longitude !== null &&
    Math.abs(latitude) <= 90 &&
    Math.abs(longitude) <= 180 &&
    (latitude !== 0 || longitude !== 0);
  return fixed ? { latitude, longitude, altitude } : { latitude: null, longitude: null, altitude: null };
}

/** A date and its offset, where there are some, from most to least about the moment of exposure. */
const DATE_TAGS = [
  ['DateTimeOriginal', 'OffsetTimeOriginal', 'SubSecTimeOriginal'],
  ['DateTimeDigitized', 'OffsetTimeDigitized', 'SubSecTimeDigitized'],
  ['xmp:DateTimeOriginal', '', ''],
  ['xmp:DateCreated', '', ''],
  ['xmp:CreateDate', '', ''],
  ['DateTime', 'OffsetTime', 'SubSecTime'],
] as const;

function readTime(tags: Tags): Pick<ExifFacts, 'takenAt' | 'takenLocal' | 'zone'> {
  for (const [dateTag, offsetTag, fractionTag] of DATE_TAGS) {
    const date = parseDate(dateText(tags, dateTag));
    if (date === undefined) continue;
    const fraction = Number(`0.${/^\d+/.exec(text(tags, fractionTag) ?? '')?.[0] ?? '0'}`);
    const local = date.local + Math.floor(fraction * 1000);
    const offset = parseOffset(text(tags, offsetTag)) ?? date.offset ?? offsetFromGps(tags, date.local);
    return {
      takenAt: new Date(local - (offset ?? 0) * 60_000).toISOString(),
      takenLocal: new Date(date.local).toISOString().slice(0, 19),
      zone: offset === undefined ? 'unknown' : formatOffset(offset),
    };
  }
  return { takenAt: null, takenLocal: null, zone: null };
}

/** XMP values are plain strings, EXIF's are lists of one. */
function dateText(tags: Tags, name: string): string {
  return text(tags, name) ?? '';
}

interface ParsedDate {
  /** Milliseconds since 1970 as if the local time were UTC. */
  readonly local: number;
  /** Minutes east of Greenwich. */
  readonly offset: number | undefined;
}

/** `2015:04:10 20:12:23`, and with dashes, a `T`, no time, a fraction or a zone. Undefined for impossible dates. */
function parseDate(value: string): ParsedDate | undefined {
  const match = /^(\d{4})[:/-](\d\d)[:/-](\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?\s*(Z|[+-]\d\d:?\d\d)?/.exec(
    value,
  );
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // Photography is from 1826 on; a day that rolled over into another month was not a date.
  const possible =
    year >= 1826 &&
    year <= 2200 &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hour < 24 &&
    minute < 60;
  return possible ? { local: date.getTime(), offset: parseOffset(match[7] ?? null) } : undefined;
}

function parseOffset(value: string | null): number | undefined {
  if (value === 'Z') return 0;
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(value ?? '');
  if (match === null) return undefined;
  const minutes = (Number(match[2]) * 60 + Number(match[3])) * (match[1] === '-' ? -1 : 1);
  return minutes >= -12 * 60 && minutes <= 14 * 60 ? minutes : undefined;
}

function formatOffset(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}

/** Rule 2 of the header: a fix that is older than two minutes tells nothing. */
function offsetFromGps(tags: Tags, local: number): number | undefined {
  const day = parseDate(dateText(tags, 'GPSDateStamp'));
  const clock = tags.get('GPSTimeStamp');
  if (day === undefined || !Array.isArray(clock) || clock.length !== 3) return undefined;
  const [hours, minutes, seconds] = clock.map((part: unknown) => toNumber(part));
  if (hours == null || minutes == null || seconds == null) return undefined;
  const utc = day.local + ((hours * 60 + minutes) * 60 + seconds) * 1000;
  const difference = (local - utc) / 60_000;
  const offset = Math.round(difference / 15) * 15;
  return Math.abs(difference - offset) <= 2 && offset >= -12 * 60 && offset <= 14 * 60 ? offset : undefined;
}
