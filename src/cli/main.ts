#!/usr/bin/env node
/**
 * `fovea`: exit code 0 done, 1 failed, 2 wrong use.
 *
 * @module
 */
import { Command, CommanderError } from 'commander';
import { FoveaError, InvalidInputError } from '../contract/index.ts';
import { WrongUseError } from './command.ts';
import { note } from './output.ts';
import { VERSION } from '../engine/before-opening.ts';
import { addCommand } from './commands/add.ts';
import { askCommand } from './commands/ask.ts';
import { datasetCommand } from './commands/dataset.ts';
import { describeCommand } from './commands/describe.ts';
import { downloadCommand } from './commands/download.ts';
import { evalCommand } from './commands/eval.ts';
import { backupCommand } from './commands/backup.ts';
import { benchCommand } from './commands/bench.ts';
import { exportCommand } from './commands/export.ts';
import { extractorsCommand, listExtractorsCommand } from './commands/extractors.ts';
import { extractorCommand, runLocalCommand } from './commands/extractor.ts';
import { graphCommand } from './commands/graph.ts';
import { importCommand } from './commands/import.ts';
import { indexesCommand } from './commands/indexes.ts';
import { joinServerCommand } from './commands/join-server.ts';
import { keyCommand } from './commands/key.ts';
import { labelsCommand } from './commands/labels.ts';
import { mcpCommand } from './commands/mcp.ts';
import { modelsCommand } from './commands/models.ts';
import { restoreCommand } from './commands/restore.ts';
import { retryCommand } from './commands/retry.ts';
import { duplicatesCommand } from './commands/duplicates.ts';
import { rmCommand } from './commands/rm.ts';
import { searchCommand } from './commands/search.ts';
import { serverCommand } from './commands/server.ts';
import { facetsCommand } from './commands/facets.ts';
import { similarCommand } from './commands/similar.ts';
import { sqlCommand } from './commands/sql.ts';
import { statusCommand } from './commands/status.ts';
import { tablesCommand } from './commands/tables.ts';
import { workerCommand } from './commands/worker.ts';
import { workersCommand } from './commands/workers.ts';

function program(): Command {
  const fovea = new Command('fovea')
    .description('Turns pictures into a database that can be asked with words, with a picture, and with SQL')
    .version(VERSION)
    .addHelpText('after', '\nExample:\n  $ fovea add ./photos && fovea search "a dog on the beach"');
  const commands = [
    addCommand(),
    statusCommand(),
    searchCommand(),
    similarCommand(),
    duplicatesCommand(),
    sqlCommand(),
    facetsCommand(),
    datasetCommand(),
    askCommand(),
    evalCommand(),
    graphCommand(),
    indexesCommand(),
    tablesCommand(),
    exportCommand(),
    extractorsCommand(),
    extractorCommand(),
    modelsCommand(),
    retryCommand(),
    rmCommand(),
    labelsCommand(),
    backupCommand(),
    restoreCommand(),
    importCommand(),
    benchCommand(),
    serverCommand(),
    mcpCommand(),
    keyCommand(),
    workerCommand(),
    workersCommand(),
  ];
  for (const each of commands) fovea.addCommand(each);
  // Those who come from Indexify know these words.
  for (const each of [
    listExtractorsCommand(),
    describeCommand(),
    downloadCommand(),
    runLocalCommand(),
    joinServerCommand(),
  ])
    fovea.addCommand(each.helpGroup("Indexify's verbs:"));
  return fovea;
}

/** Commander's own errors are wrong use, as are those of our own; `--help` and `--version` are none. */
function exitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof WrongUseError) return 2;
  return 1;
}

function report(error: unknown): void {
  if (error instanceof CommanderError) return;
  if (process.argv.includes('--json') && error instanceof FoveaError) note(JSON.stringify(error));
  else if (error instanceof WrongUseError) note(`${error.message}\n(add --help for usage and an example)`);
  else if (error instanceof FoveaError) note(error.message + faults(error));
  else if (error instanceof Error) note((process.env.FOVEA_DEBUG ? error.stack : undefined) ?? error.message);
  else note(String(error));
}

/** Faults that the message doesn't tell already. */
function faults(error: FoveaError): string {
  if (!(error instanceof InvalidInputError)) return '';
  const untold = error.issues.filter(({ message }) => !error.message.includes(message));
  return untold
    .map(({ path, message, line }) => `\n  ${line === undefined ? path : `line ${line}`}: ${message}`)
    .join('');
}

function overrideExits(command: Command): Command {
  command.exitOverride();
  command.showHelpAfterError('(add --help for usage and an example)');
  for (const child of command.commands) overrideExits(child);
  return command;
}

try {
  await overrideExits(program()).parseAsync();
} catch (error) {
  report(error);
  process.exitCode = exitCode(error);
}
