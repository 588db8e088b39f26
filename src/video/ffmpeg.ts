/**
 * The programs `ffmpeg` and `ffprobe` of this machine: where they are, and what to do where they are not.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { basename, dirname, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { ProgramUnavailableError } from '../contract/index.ts';

/** How the two are called: paths, or names that are looked for in `PATH`. */
export interface FfmpegPrograms {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

/** What was found. */
export interface Ffmpeg extends FfmpegPrograms {
  /** Arguments that keep every frame at its own time, which versions before 5.1 spell otherwise. */
  readonly passthrough: readonly string[];
}

const run = promisify(execFile);
const found = new Map<string, Promise<Ffmpeg>>();

/** @param program Path of `ffmpeg`, beside which `ffprobe` lies. Default: both from `PATH`. */
export function ffmpegPrograms(program?: string): FfmpegPrograms {
  if (program === undefined || program === '') return { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };
  const extension = extname(program).toLowerCase() === '.exe' ? extname(program) : '';
  const isPath = basename(program) !== program;
  return { ffmpeg: program, ffprobe: isPath ? join(dirname(program), `ffprobe${extension}`) : `ffprobe${extension}` };
}

/**
 * Looks once whether both programs run; where they don't, again at the next call.
 *
 * @throws ProgramUnavailableError with what to install.
 */
export function findFfmpeg(programs: FfmpegPrograms): Promise<Ffmpeg> {
  const key = JSON.stringify(programs);
  const known = found.get(key) ?? look(programs);
  found.set(key, known);
  known.catch(() => found.delete(key));
  return known;
}

async function look(programs: FfmpegPrograms): Promise<Ffmpeg> {
  const [version] = await Promise.all([versionOf(programs.ffmpeg), versionOf(programs.ffprobe)]);
  const [, major = '', minor = '0'] = /^ffmpeg version n?(\d+)\.(\d+)/.exec(version) ?? [];
  // A build without a number is made from newer sources than that.
  const isOld = major !== '' && (Number(major) < 5 || (major === '5' && Number(minor) < 1));
  return { ...programs, passthrough: isOld ? ['-vsync', '0'] : ['-fps_mode', 'passthrough'] };
}

async function versionOf(program: string): Promise<string> {
  try {
    return (await run(program, ['-version'], { timeout: 20_000 })).stdout;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const why = isMissing ? 'it is not there' : error instanceof Error ? error.message.trim() : String(error);
    throw new ProgramUnavailableError(
      program,
      `${why}; install ffmpeg (Debian and Ubuntu: apt install ffmpeg, macOS: brew install ffmpeg, Windows: winget install ffmpeg), or say in FOVEA_FFMPEG where the program is`,
      { cause: error },
    );
  }
}
