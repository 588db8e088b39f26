/**
 * `fovea indexes`: what can be searched by nearness.
 *
 * @module
 */
import type { Command } from 'commander';
import { command, run } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { print, printJson, table } from '../output.ts';

export function indexesCommand(): Command {
  return command('indexes', 'List searchable vector columns', 'fovea indexes').action((options: CommonOptions) =>
    run(options, true, async (client) => {
      const indexes = await client.indexes();
      if (options.json === true) return printJson(indexes);
      const rows = indexes.map(({ name, rows: count, dimension, metric, model, hnsw }) => [
        name,
        count,
        dimension,
        metric,
        model,
        hnsw ? 'HNSW' : 'exact',
      ]);
      print(
        rows.length === 0
          ? 'There are no indexes yet'
          : table(['index', 'rows', 'dimension', 'metric', 'model', 'search'], rows),
      );
    }),
  );
}
