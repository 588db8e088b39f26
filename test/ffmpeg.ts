/**
 * Videos for tests, made by the machine's `ffmpeg`. Tests that need it are skipped, by name, where it is missing, unless
 * `FOVEA_REQUIRE` lists `ffmpeg`: then its absence is a failure.
 *
 * @module
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { required } from './data.ts';

export const hasFfmpeg: boolean = ['ffmpeg', 'ffprobe'].every((name) => spawnSync(name, ['-version']).status === 0);
if (!hasFfmpeg && required.has('ffmpeg')) throw new Error('FOVEA_REQUIRE lists ffmpeg, but it is not in PATH');

/** Runs `ffmpeg` with these arguments, the last of which is the file to write. @returns That file. */
export function ffmpeg(...args: string[]): string {
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  return args.at(-1) ?? '';
}

/** A source of moving colours, e.g. `testsrc('320x180', 3)` of 25 frames a second. */
export function moving(size: string, seconds: number, rate = 25): string[] {
  return ['-f', 'lavfi', '-i', `testsrc=size=${size}:rate=${rate}:duration=${seconds}`];
}

/** A key frame every `frames` frames, and nowhere else. */
export function keyEvery(frames: number): string[] {
  return ['-g', String(frames), '-keyint_min', String(frames), '-sc_threshold', '0', '-pix_fmt', 'yuv420p'];
}

/** Ids of running `ffmpeg`s that read this file; of Linux only. */
export function decodersOf(path: string): string[] {
  return readdirSync('/proc').filter((id) => {
    if (!/^\d+$/.test(id)) return false;
    try {
      return readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0').includes(`file:${path}`);
    } catch {
      return false;
    }
  });
}
