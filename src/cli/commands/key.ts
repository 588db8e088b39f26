/**
 * `fovea key`: makes, lists and removes API keys.
 *
 * @module
 */
import { Command } from 'commander';
import type { ApiKey, KeyAccess } from '../../contract/index.ts';
import { run, wholeServerCommand, WrongUseError } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note, print, printJson, table } from '../output.ts';

type KeyOptions = Omit<CommonOptions, 'namespace'>;

interface CreateOptions extends KeyOptions {
  readonly namespace?: string;
  readonly read?: boolean;
  readonly write?: boolean;
  readonly name?: string;
}

export function keyCommand(): Command {
  return new Command('key')
    .description('Make, list and remove API keys, which a server beyond loopback asks for')
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(removeCommand());
}

function createCommand(): Command {
  return wholeServerCommand(
    'create',
    'Make an API key and print it, this once',
    'fovea key create --namespace photos --read --name "the website"',
  )
    .option('-n, --namespace <name>', 'the only namespace that it is for (default: the whole server)')
    .option('--read', 'it may read')
    .option('--write', 'it may read and change things')
    .option('--name <text>', 'what it is for, shown in lists')
    .action((options: CreateOptions) => {
      const access = accessOf(options);
      return run(options, true, async (client) => {
        const { namespace = null, name = '' } = options;
        const created = await client.keys.create({ namespace, access, name });
        if (options.json === true) return printJson(created);
        print(created.key);
        note(
          `Key ${created.id} may ${access === 'read' ? 'read' : 'read and change'} ${scope(created)}. It is shown this once: send it as FOVEA_API_KEY, or in the header "Authorization: Bearer …"`,
        );
      });
    });
}

function accessOf({ read = false, write = false }: CreateOptions): KeyAccess {
  if (read !== write) return read ? 'read' : 'write';
  throw new WrongUseError('Cannot make a key: say what it may do, either --read or --write');
}

function scope({ namespace }: ApiKey): string {
  return namespace === null ? 'everything on the server' : `namespace "${namespace}"`;
}

function listCommand(): Command {
  return wholeServerCommand('list', 'List API keys, without their secrets', 'fovea key list').action(
    (options: KeyOptions) =>
      run(options, true, async (client) => {
        const keys = await client.keys.list();
        if (options.json === true) return printJson(keys);
        if (keys.length === 0) return print('There are no API keys; "fovea key create" makes one');
        const rows = keys.map(({ id, namespace, access, createdAt, name }) => [
          id,
          namespace ?? '(all)',
          access,
          createdAt.slice(0, 10),
          name,
        ]);
        print(table(['id', 'namespace', 'may', 'made', 'for'], rows));
      }),
  );
}

function removeCommand(): Command {
  return wholeServerCommand('remove', 'Remove an API key, which opens nothing from then on', 'fovea key remove 2f0c…')
    .argument('<id>', 'as the list names it')
    .action((id: string, options: KeyOptions) =>
      run(options, true, async (client) => {
        await client.keys.remove(id);
        if (options.json === true) printJson({ removed: id });
        else print(`Removed key ${id}`);
      }),
    );
}
