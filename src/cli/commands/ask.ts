/**
 * `fovea ask`: a question in words, answered by SQL that is shown.
 *
 * @module
 */
import type { Command } from 'commander';
import type { AskReply, AskStep } from '../../contract/index.ts';
import { NotConfiguredError } from '../../contract/index.ts';
import { command, integerOption, run } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note, print, printJson, rowTable, table, thousands } from '../output.ts';

interface AskOptions extends CommonOptions {
  readonly limit: number;
}

export function askCommand(): Command {
  return command(
    'ask',
    'Ask in words; a language model (FOVEA_LLM_URL, FOVEA_LLM_MODEL) writes the SQL, which is shown',
    'fovea ask "how many photos have a dog in them?"',
  )
    .argument('<question...>', 'in words')
    .option('-k, --limit <count>', 'most rows', integerOption(1, 1000), 100)
    .action((words: string[], options: AskOptions) =>
      run(options, true, async (client) => {
        const isForPeople = options.json !== true;
        const asked = client.ask(words.join(' '), { limit: options.limit, ...(isForPeople ? { onStep: show } : {}) });
        const reply = await asked.catch((error: unknown) => {
          if (isForPeople && error instanceof NotConfiguredError) showTables(error);
          throw error;
        });
        if (isForPeople) showPictures(reply);
        else printJson(reply);
      }),
    );
}

function show(step: AskStep): void {
  if (step.step === 'asked') note(`Asking "${step.model}" for SQL`);
  if (step.step === 'sql') print(`${step.sql}\n`);
  if (step.step === 'refused') note(`${step.message}\nAsking once more\n`);
  if (step.step === 'rows') {
    const { rows, truncated } = step.result;
    print(rowTable(step.result));
    note(
      `${thousands(rows.length)} ${rows.length === 1 ? 'row' : 'rows'}${truncated ? ', and there are more: see --limit' : ''}`,
    );
  }
  if (step.step === 'answer') {
    if (step.answer !== null) print(`\n${step.answer}`);
    for (const sentence of step.notes) note(sentence);
  }
}

function showPictures({ contents }: AskReply): void {
  if (contents.length === 0) return;
  const rows = contents.map(({ contentId, name, uri }) => [name, contentId, uri]);
  print(`\n${table(['name', 'content id', 'address'], rows)}`);
}

function showTables({ tables, examples }: NotConfiguredError): void {
  print(tables.join('\n\n'));
  print('\nFor example:');
  for (const example of examples) print(`  npx fovea sql ${JSON.stringify(example)}`);
}
