/**
 * `fovea bench`: how fast this machine is.
 *
 * @module
 */
import { Command } from 'commander';
import type { MachineReport } from '../../engine/index.ts';
import { environmentOf, integerOption } from '../command.ts';
import { duration, note, print, printJson, progressLine, table, thousands } from '../output.ts';

interface BenchOptions {
  readonly pictures: number;
  readonly home?: string;
  readonly json?: boolean;
}

/** Sizes of libraries for those that gave none. */
const LIBRARIES = [1000, 10_000, 100_000];

export function benchCommand(): Command {
  return new Command('bench')
    .description('Measure how fast this machine indexes and searches, in a library that is thrown away')
    .argument(
      '[folder]',
      'your pictures: a sample of them is used, and the time for all is estimated (default: photos of 12 megapixels that are made up)',
    )
    .option('--pictures <count>', 'pictures to time', integerOption(1, 10_000), 48)
    .option('--home <folder>', 'home folder whose cache of models is used, instead of FOVEA_HOME')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ fovea bench ~/Pictures')
    .action(async (folder: string | undefined, options: BenchOptions) => {
      const { engine } = environmentOf(options);
      const line = progressLine();
      const { measureMachine } = await import('../../engine/index.ts');
      const report = await measureMachine(
        // What is told of the policies is in the report.
        { ...engine, onNote: () => undefined },
        {
          pictures: options.pictures,
          onStep: (sentence) => line.show(sentence),
          ...(folder === undefined ? {} : { folder }),
        },
      ).finally(() => line.end());
      if (options.json === true) printJson(report);
      else show(report);
    });
}

function show({ cpu, cores, workers, policies, library, searchMs, ...measured }: MachineReport): void {
  const { pictures, source, picturesPerSecond: rate, failed } = measured;
  print(
    `${rate.toFixed(1)} pictures/s  (${pictures} ${source === 'folder' ? 'of yours' : 'made-up photos of 12 megapixels'}, ${workers} of ${cores} cores, ${cpu})`,
  );
  if (searchMs !== null) print(`${searchMs.toFixed(0)} ms a search by words`);
  print(
    `\n${table(
      ['policy', 'model', 'runs as'],
      policies.map(({ policy, model, build }) => [policy, model ?? '–', build ?? '–']),
    )}\n`,
  );
  if (library !== null) print(`${thousands(library.pictures)} pictures take about ${duration(library.seconds)}`);
  else for (const size of LIBRARIES) print(`${thousands(size)} such pictures take about ${duration(size / rate)}`);
  for (const { policy, waitingFor } of policies)
    if (waitingFor !== null) note(`"${policy}" was not measured: ${waitingFor}`);
  if (failed > 0) note(`${failed} pictures could not be read; "fovea add" and "fovea status --failed" tell why`);
}
