/**
 * What the camera wrote into the file: exactly one row a picture, nulls where nothing was written, so that a join loses
 * no picture.
 *
 * `taken_at` is an instant. Its zone: the offset that belongs to the date, else what the GPS clock tells, else unknown;
 * then `taken_at` reads the camera's clock as if it stood in UTC, and `taken_zone` is `unknown` (`image/exif.ts`).
 * `taken_local` is always the camera's clock, which is what "in the evening" means.
 *
 * @module
 */
import { z } from 'zod';
import { UnreadableImageError } from '../contract/index.ts';
import { boolean, integer, real, row, text, timestamp } from '../extractor/columns.ts';
import { defineExtractor } from '../extractor/define.ts';
import type { Extractor, ExtractorItem } from '../extractor/types.ts';
import { readExif, sniff } from '../image/index.ts';

export const imageExif: Extractor = defineExtractor({
  name: 'image/exif',
  version: '1',
  summary: 'Reads when, where and with which camera a picture was taken',
  accepts: ['image/*'],
  params: z.object({}),
  describe: async () => ({
    pixels: { resize: 'none' },
    columns: {
      taken_at: timestamp({
        description: 'when it was taken; where taken_zone is unknown, the camera’s clock read as UTC',
      }),
      taken_local: text({ description: 'the camera’s clock, e.g. 2015-04-10T20:12:23' }),
      taken_zone: text({ description: 'offset of the camera’s clock, e.g. +02:00, or unknown' }),
      camera: text({ description: 'make and model, e.g. Canon EOS 40D' }),
      camera_make: text(),
      camera_model: text(),
      lens: text(),
      latitude: real({ unit: 'deg', range: [-90, 90], description: 'north is positive' }),
      longitude: real({ unit: 'deg', range: [-180, 180], description: 'east is positive' }),
      altitude: real({ unit: 'm', description: 'above sea level' }),
      orientation: integer({
        range: [1, 8],
        description: 'how the stored pixels lie; everything Fovea tells is upright',
      }),
      iso: integer({ description: 'sensitivity' }),
      exposure_s: real({ unit: 's', description: 'exposure time' }),
      f_number: real({ description: 'aperture' }),
      focal_length_mm: real({ unit: 'mm' }),
      focal_length_35mm: real({ unit: 'mm', description: 'for the same field of view on 35 mm film' }),
      flash: boolean({ description: 'whether it fired' }),
      software: text(),
      description: text({ description: 'what somebody wrote into the file' }),
      artist: text(),
      copyright: text(),
    },
    vectors: {},
  }),
  load: async () => ({
    run: async (items) => new Map(items.map((item) => [item.id, exifResult(item)])),
    close: async () => {},
  }),
});

function exifResult({ bytes }: ExtractorItem) {
  const format = sniff(bytes);
  if (format?.kind !== 'picture') {
    const what = format === undefined ? 'its bytes are of no format that is known' : `it is a ${format.name} file`;
    return new UnreadableImageError(what, format?.mimeType);
  }
  const facts = readExif(bytes);
  return [
    row({
      taken_at: facts.takenAt,
      taken_local: facts.takenLocal,
      taken_zone: facts.zone,
      camera: cameraName(facts.cameraMake, facts.cameraModel),
      camera_make: facts.cameraMake,
      camera_model: facts.cameraModel,
      lens: facts.lens,
      latitude: facts.latitude,
      longitude: facts.longitude,
      altitude: facts.altitude,
      orientation: facts.orientation,
      iso: facts.iso === null ? null : Math.round(facts.iso),
      exposure_s: facts.exposureTime,
      f_number: facts.fNumber,
      focal_length_mm: facts.focalLength,
      focal_length_35mm: facts.focalLength35mm,
      flash: facts.flashFired,
      software: facts.software,
      description: facts.description,
      artist: facts.artist,
      copyright: facts.copyright,
    }),
  ];
}

/** Make and model, said once: makers repeat their name in the model ("Canon", "Canon EOS 40D"; "NIKON CORPORATION", "NIKON D70"). */
export function cameraName(make: string | null, model: string | null): string | null {
  if (make === null || model === null) return make ?? model;
  const [brand = ''] = make.toLowerCase().split(/[\s,]+/);
  return model.toLowerCase().startsWith(brand) ? model : `${make} ${model}`;
}
