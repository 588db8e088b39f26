/**
 * `fovea describe`: what one extractor takes and writes, without database or server.
 *
 * @module
 */
import type { Command } from 'commander';
import type { ExtractorInfo } from '../../contract/index.ts';
import { environmentOf, localCommand } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note, print, printJson, shown, table, takes } from '../output.ts';
import { paramsOption } from './extractor.ts';
import { propertiesOf } from './extractors.ts';

interface DescribeOptions extends Pick<CommonOptions, 'home' | 'json'> {
  readonly params?: Record<string, unknown>;
}

export function describeCommand(): Command {
  return localCommand('describe', 'Describe one extractor: what it takes and writes', 'fovea describe image/yolo')
    .argument('<extractor>', 'name, alias, or a file or package of your own')
    .option('--params <json>', 'parameters, as a JSON object: what it writes may hang on them', paramsOption)
    .action(async (name: string, { params = {}, ...options }: DescribeOptions) => {
      const { describeExtractor } = await import('../../engine/index.ts');
      const info = await describeExtractor(name, { ...environmentOf(options).engine, params });
      if (options.json === true) printJson(info);
      else show(info);
    });
}

function show({ name, version, summary, aliases, accepts, params, output, model, waitingFor }: ExtractorInfo): void {
  print(`${name} ${version}: ${summary}`);
  print(`takes ${takes(accepts)}`);
  if (aliases.length > 0) print(`also called ${aliases.join(', ')}`);
  if (model !== undefined) print(`model ${model}`);
  const rows = Object.entries(propertiesOf(params)).map(([key, schema]) => parameterRow(key, schema));
  if (rows.length > 0) print(`\n${table(['parameter', 'type', 'default', 'meaning'], rows)}`);
  if (output !== undefined) print(`\n${table(['writes', 'type', 'unit', 'meaning'], outputRows(output))}`);
  if (waitingFor !== undefined) note(waitingFor);
}

type Row = (string | number | null)[];

function parameterRow(key: string, schema: Readonly<Record<string, unknown>>): Row {
  const { type, default: preset, description } = schema;
  return [key, shown(type), shown(preset), shown(description)];
}

function outputRows({ columns, vectors }: NonNullable<ExtractorInfo['output']>): Row[] {
  return [
    ...Object.entries(columns).map(([key, { type, unit, description }]) => [
      key,
      type,
      unit ?? null,
      description ?? null,
    ]),
    ...Object.entries(vectors).map(([key, { dimension, metric }]) => [key, `vector(${dimension})`, null, metric]),
  ];
}
