/**
 * `fovea tables`: what SQL sees.
 *
 * @module
 */
import type { Command } from 'commander';
import { command, run } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { print, printJson } from '../output.ts';

export function tablesCommand(): Command {
  return command('tables', 'List the tables that SQL sees, with columns and types', 'fovea tables').action(
    (options: CommonOptions) =>
      run(options, true, async (client) => {
        const tables = await client.tables();
        if (options.json === true) return printJson(tables);
        for (const { name, columns } of tables) {
          print(name.includes('.') || /[A-Z-]/.test(name) ? `"${name}"` : name);
          for (const column of columns) {
            const unit = column.unit === undefined ? '' : ` (${column.unit})`;
            print(
              `  ${column.name.padEnd(18)} ${(column.type + unit).padEnd(24)} ${column.description ?? ''}`.trimEnd(),
            );
          }
        }
      }),
  );
}
