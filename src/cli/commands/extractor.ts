/**
 * `fovea extractor run`, and `fovea run-local` as Indexify called it: one extractor on local files, without database or
 * server.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { ExtractorInputs, ExtractorRun } from '../../engine/index.ts';
import { collect, environmentOf, localCommand, WrongUseError } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note, print, printJson, shown, table } from '../output.ts';

interface RunOptions extends Pick<CommonOptions, 'home' | 'json'> {
  readonly param?: Record<string, unknown>;
  readonly draw?: string;
}

interface RunLocalOptions extends RunOptions {
  readonly file?: string[];
  readonly text?: string[];
  readonly params?: Record<string, unknown>;
}

export function extractorCommand(): Command {
  return new Command('extractor').description('Try one extractor on local files').addCommand(runCommand());
}

function runCommand(): Command {
  return localCommand(
    'run',
    'Run an extractor on local files and print what it finds',
    'fovea extractor run image/yolo photo.jpg --draw out.png',
  )
    .argument('<extractor>', 'name, alias, or a file or package of your own')
    .argument('<files...>', 'picture files')
    .option('--param <key=value>', 'parameter; JSON or text; repeatable', paramOption)
    .option('--draw <file>', 'write the first picture with the boxes drawn, as PNG')
    .action((name: string, files: string[], options: RunOptions) => runAndShow(name, { files }, options));
}

export function runLocalCommand(): Command {
  return localCommand(
    'run-local',
    'Run an extractor on a local file or text: "fovea extractor run" by its old name',
    'fovea run-local image/yolo --file photo.jpg --params \'{"conf": 0.4}\'',
  )
    .argument('<extractor>', 'name, alias, or a file or package of your own')
    .option('--file <path>', 'picture file; repeatable', collect)
    .option('--text <text>', 'text, for extractors that embed them; repeatable', collect)
    .option('--params <json>', 'parameters, as a JSON object', paramsOption)
    .option('--draw <file>', 'write the first picture with the boxes drawn, as PNG')
    .action((name: string, { file = [], text = [], params = {}, ...options }: RunLocalOptions) => {
      if (file.length + text.length === 0)
        throw new WrongUseError(`Cannot run "${name}": say on what, with --file <path> or --text <text>`);
      return runAndShow(name, { files: file, texts: text }, { ...options, param: params });
    });
}

async function runAndShow(name: string, inputs: ExtractorInputs, options: RunOptions): Promise<void> {
  const { engine } = environmentOf(options);
  const { runExtractor } = await import('../../engine/index.ts');
  const results = await runExtractor(name, inputs, {
    ...engine,
    params: options.param ?? {},
    draw: options.draw !== undefined,
  });
  if (options.json === true) printJson(results.map(({ input, rows, error }) => ({ input, rows, error })));
  else for (const result of results) show(result);
  const [first] = results;
  if (options.draw !== undefined && first?.drawing !== undefined) {
    await writeFile(options.draw, first.drawing);
    note(`Drew ${first.input} to ${options.draw}`);
  }
  if (results.some(({ error }) => error !== undefined)) process.exitCode = 1;
}

function show({ input, rows, error }: ExtractorRun): void {
  if (error !== undefined) return note(`${input}: ${error}`);
  print(`${input}: ${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`);
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (rows.length > 0)
    print(
      table(
        names,
        rows.map((row) => names.map((column) => shown(row[column]))),
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

/** Parser of a JSON object. */
export function paramsOption(text: string): Record<string, unknown> {
  const value = jsonOrText(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new InvalidArgumentError('Write a JSON object, e.g. \'{"conf": 0.4}\'.');
}
