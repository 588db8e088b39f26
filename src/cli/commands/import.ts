/**
 * `fovea import indexify`: moves over from a running Indexify server.
 *
 * @module
 */
import { Command } from 'commander';
import type { ImportedNamespace } from '../../engine/index.ts';
import { collect, run, wholeServerCommand } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note, print, printJson, progressLine, thousands } from '../output.ts';

interface ImportOptions extends Omit<CommonOptions, 'namespace'> {
  readonly url: string;
  readonly namespace?: string[];
  readonly into?: string;
}

/** Problems that are told one by one; `--json` has all. */
const MAX_TOLD = 20;

export function importCommand(): Command {
  return new Command('import').description('Move over from another system').addCommand(indexifyCommand());
}

function indexifyCommand(): Command {
  return wholeServerCommand(
    'indexify',
    'Copy graphs, contents and labels of a running Indexify server; again to go on',
    'fovea import indexify --url http://old:8900 --namespace default',
  )
    .requiredOption('--url <address>', 'address of the old server')
    .option('-n, --namespace <name>', 'namespace of the old server; repeatable (default: all)', collect)
    .option('--into <name>', 'what the one namespace is called here')
    .action(({ url, namespace, into, ...options }: ImportOptions) =>
      run(options, false, async (client) => {
        const line = progressLine();
        const { importIndexify } = await import('../../engine/index.ts');
        const imported = await importIndexify(client, {
          url,
          ...(namespace === undefined ? {} : { namespaces: namespace }),
          ...(into === undefined ? {} : { into }),
          onProgress: (from, { seen, copied }) =>
            line.show(`${from}: ${thousands(seen)} contents seen, ${thousands(copied)} copied`),
        }).finally(() => line.end());
        if (options.json === true) printJson(imported);
        else for (const each of imported) show(each);
        if (imported.some(({ contents }) => contents.problems.length > 0)) process.exitCode = 1;
      }),
    );
}

function show({ namespace, into, graphs, contents }: ImportedNamespace): void {
  const { seen, copied, updated, present, failed, skipped, problems } = contents;
  for (const { message } of problems.slice(0, MAX_TOLD)) note(message);
  if (problems.length > MAX_TOLD) note(`and ${problems.length - MAX_TOLD} more; --json tells all`);
  for (const sentence of graphs.flatMap(({ leftOut }) => leftOut)) note(sentence);
  const parts = [
    `${thousands(copied)} copied`,
    ...(updated > 0 ? [`${thousands(updated)} brought up to date`] : []),
    ...(present > 0 ? [`${thousands(present)} here already`] : []),
    ...Object.entries(skipped).map(([type, count]) => `${thousands(count)} left there, being ${type}`),
    ...(failed > 0 ? [`${thousands(failed)} failed`] : []),
  ];
  const where = namespace === into ? namespace : `${namespace} → ${into}`;
  print(`${where}: ${thousands(seen)} contents; ${parts.join(', ')}`);
  for (const { graph, added, present: there } of graphs)
    print(`  graph ${graph}: ${added.length} policies made, ${there.length} here already`);
}
