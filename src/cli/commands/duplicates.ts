/**
 * `fovea duplicates`: files with the same bytes, and pictures that show the same. Deletes nothing.
 *
 * @module
 */
import type { Command } from 'commander';
import type { Duplicates, DuplicateKind } from '../../contract/index.ts';
import { command, integerOption, run, WrongUseError } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note, placeOf, print, printJson, progressLine, table, thousands } from '../output.ts';

interface DuplicatesOptions extends CommonOptions {
  readonly sameBytes?: boolean;
  readonly similarPictures?: boolean;
  readonly limit: number;
}

export function duplicatesCommand(): Command {
  return command(
    'duplicates',
    'Find files with the same bytes, and pictures that were saved anew, resized or slightly cropped',
    'fovea duplicates --similar-pictures',
  )
    .option('--same-bytes', 'only files with the same bytes')
    .option('--similar-pictures', 'only pictures that show the same in other bytes')
    .option('--limit <count>', 'how many groups of each kind', integerOption(1, 10_000), 100)
    .action((options: DuplicatesOptions) => {
      const kind = kindOf(options);
      return run(options, true, async (client) => {
        const line = progressLine();
        const found = await client.duplicates({
          limit: options.limit,
          ...(kind === undefined ? {} : { kind }),
          onProgress: ({ seen, pictures }) => {
            if (pictures !== null) line.show(`${thousands(seen)} of ${thousands(pictures)} pictures compared`);
          },
        });
        line.end();
        if (options.json === true) return printJson(found);
        show(found);
      });
    });
}

function kindOf({ sameBytes, similarPictures }: DuplicatesOptions): DuplicateKind | undefined {
  if (sameBytes === true && similarPictures === true)
    throw new WrongUseError('Cannot show only --same-bytes and only --similar-pictures: give one, or none for both');
  if (sameBytes === true) return 'same-bytes';
  return similarPictures === true ? 'similar-pictures' : undefined;
}

type Row = (string | number | null)[];

function show({ sameBytes, similarPictures, notes }: Duplicates): void {
  if (sameBytes !== undefined) {
    print(heading('Files with the same bytes', sameBytes));
    const rows = sameBytes.groups.flatMap(({ keep, copies, sizeBytes }, group): Row[] =>
      [keep, ...copies].map(({ name, contentId, uri }, place) => [
        group + 1,
        place === 0 ? 'keep' : 'copy',
        name,
        kilobytes(sizeBytes),
        contentId,
        placeOf(uri),
      ]),
    );
    if (rows.length > 0) print(table(['group', '', 'name', 'kB', 'content id', 'file'], rows));
  }
  if (sameBytes !== undefined && similarPictures !== undefined) print('');
  if (similarPictures !== undefined) {
    print(heading(`Pictures that show the same, of ${thousands(similarPictures.compared)} compared`, similarPictures));
    const rows = similarPictures.groups.flatMap(({ keep, copies }, group): Row[] =>
      [{ ...keep, change: 'keep', similarity: null }, ...copies].map((picture) => [
        group + 1,
        picture.change,
        picture.similarity,
        picture.name,
        `${picture.width} × ${picture.height}`,
        kilobytes(picture.sizeBytes),
        picture.contentId,
        placeOf(picture.uri),
      ]),
    );
    if (rows.length > 0) print(table(['group', '', 'similarity', 'name', 'pixels', 'kB', 'content id', 'file'], rows));
  }
  for (const sentence of notes) note(sentence);
}

function heading(
  what: string,
  { total, copies, copiedBytes, groups }: { total: number; copies: number; copiedBytes: number; groups: unknown[] },
): string {
  if (total === 0) return `${what}: none`;
  const shown = groups.length < total ? `; the first ${thousands(groups.length)} are shown, see --limit` : '';
  return `${what}: ${counted(total, 'group')} with ${counted(copies, 'copy', 'copies')} of ${thousands(kilobytes(copiedBytes))} kB${shown}`;
}

function counted(count: number, one: string, several: string = `${one}s`): string {
  return `${thousands(count)} ${count === 1 ? one : several}`;
}

function kilobytes(bytes: number): number {
  return Math.ceil(bytes / 1000);
}
