/**
 * A file that is read as a video: what ffmpeg is told of it, and what it is held to. The demuxer is that of the format which
 * the first bytes say: ffmpeg's own guess would take a text for a playlist, and open the files and addresses in it.
 *
 * @module
 */
import { UnreadableVideoError } from '../contract/index.ts';

/** Where a video's bytes lie. */
export interface VideoFile {
  readonly path: string;
  /** As its first bytes say (`image/sniff.ts`). */
  readonly mimeType: string;
}

const DEMUXERS: ReadonlyMap<string, string> = new Map([
  ['video/mp4', 'mov'],
  ['video/quicktime', 'mov'],
  ['video/3gpp', 'mov'],
  ['audio/mp4', 'mov'],
  ['video/webm', 'matroska'],
  ['video/x-matroska', 'matroska'],
  ['video/x-msvideo', 'avi'],
  ['video/mpeg', 'mpeg'],
  ['video/x-flv', 'flv'],
  ['image/gif', 'gif'],
]);

/** Mime types that can be read as videos. */
export const VIDEO_TYPES: readonly string[] = [...DEMUXERS.keys()].filter((type) => type !== 'audio/mp4');

/**
 * Arguments that open the file, before which come those of the decoder.
 *
 * @throws UnreadableVideoError for a type that is none of a video.
 */
export function inputArguments({ path, mimeType }: VideoFile): string[] {
  const demuxer = DEMUXERS.get(mimeType);
  if (demuxer === undefined)
    throw new UnreadableVideoError(`it is ${mimeType}, of which no frames can be taken`, mimeType);
  return ['-protocol_whitelist', 'file', '-f', demuxer, '-i', `file:${path}`];
}

/** The last thing that a program said, without paths and addresses in memory, for the end of a sentence. */
export function lastWords(stderr: string, path: string): string {
  const lines = stderr
    .replaceAll(`file:${path}: `, '')
    .replaceAll(/^\[[^\]]*\] /gm, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return [...new Set(lines.slice(-2))].join('; ').slice(0, 300);
}
