/**
 * `fovea extractor run`: tries one extractor on local files, without database or server.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { runExtractor } from '../../engine/index.ts';
import { command, environmentOf, WrongUseError } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note, print, printJson, shown, table } from '../output.ts';

interface RunOptions extends CommonOptions {
  readonly param?: Record<string, unknown>;
  readonly draw?: string;
}

export function extractorCommand(): Command {
  return new Command('extractor').description('Try one extractor on local files').addCommand(runCommand());
}

function runCommand(): Command {
  return command(
    'run',
    'Run an extractor on local files and print what it finds',
    'fovea extractor run image/yolo photo.jpg --draw out.png',
  )
    .argument('<extractor>', 'name, alias, or a file or package of your own')
    .argument('<files...>', 'picture files')
    .option('--param <key=value>', 'parameter; JSON or text; repeatable', paramOption)
    .option('--draw <file>', 'write the first picture with the boxes drawn, as PNG')
    .action(async (name: string, files: string[], options: RunOptions) => {
      const results = await runExtractor(environmentOf(options).engine, name, files, {
        params: options.param ?? {},
        draw: options.draw !== undefined,
      });
      if (options.json === true) printJson(results.map(({ file, rows, error }) => ({ file, rows, error })));
      else for (const result of results) show(result);
      const [first] = results;
      if (options.draw !== undefined && first?.drawing !== undefined) {
        await writeFile(options.draw, first.drawing);
        note(`Drew ${first.file} to ${options.draw}`);
      }
      if (results.some(({ error }) => error !== undefined)) process.exitCode = 1;
    });
}

type Result = Awaited<ReturnType<typeof runExtractor>>[number];

function show({ file, rows, error }: Result): void {
  if (error !== undefined) return note(`${file}: ${error}`);
  print(`${file}: ${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`);
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (rows.length > 0)
    print(
      table(
        names,
        rows.map((row) => names.map((name) => shown(row[name]))),
      ),
    );
}

function paramOption(text: string, before: Record<string, unknown> = {}): Record<string, unknown> {
  const at = text.indexOf('=');
  if (at < 1) throw new WrongUseError(`Cannot use --param "${text}": write key=value`);
  const value = text.slice(at + 1);
  return { ...before, [text.slice(0, at)]: jsonOrText(value) };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
