/**
 * Which files of a folder are which part of a PP-OCR model, by their names:
 *
 *     …det….onnx    …rec….onnx    …cls….onnx (optional)    …dict….txt or …keys….txt
 *
 * as PaddleOCR and its conversions name them.
 *
 * @module
 */
import { basename } from 'node:path';
import type { TextReaderParts } from './card.ts';

/** The parts among the files of a folder; undefined where it is no PP-OCR. */
export function ppocrParts(files: readonly string[]): TextReaderParts | undefined {
  const find = (pattern: RegExp): string | undefined => files.find((file) => pattern.test(basename(file)));
  const detection = find(/(^|[_-])det([_-].*)?\.onnx$/i);
  const recognition = find(/(^|[_-])rec([_-].*)?\.onnx$/i);
  const dictionary = find(/(dict|keys).*\.txt$/i);
  if (detection === undefined || recognition === undefined || dictionary === undefined) return undefined;
  return { detection, recognition, dictionary, angle: find(/(^|[_-])cls([_-].*)?\.onnx$/i) };
}
