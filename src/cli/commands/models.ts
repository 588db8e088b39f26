/**
 * `fovea models`: list, fetch and verify models.
 *
 * @module
 */
import { Command } from 'commander';
import type { FoveaClient } from '../../client/index.ts';
import type { ModelInfo, PullProgress } from '../../contract/index.ts';
import { command, environmentOf, run } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note, print, printJson, progressLine, table } from '../output.ts';

export function modelsCommand(): Command {
  return new Command('models')
    .description('List, fetch and verify models')
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(pullCommand())
    .addCommand(verifyCommand());
}

function listCommand(): Command {
  return command('list', 'List known models and whether their files are here', 'fovea models list').action(
    (options: CommonOptions) =>
      run(options, true, async (client) => {
        const models = await client.models.list();
        if (options.json === true) return printJson(models);
        print(table(['model', 'kind', 'state', 'MB', 'licence', 'what for'], models.map(row)));
      }),
  );
}

function row({ name, kind, state, sizeBytes, licence, summary }: ModelInfo): (string | number | null)[] {
  return [name, kind, state, sizeBytes === null ? null : Math.round(sizeBytes / 1e6), licence, summary];
}

function pullCommand(): Command {
  return command('pull', 'Fetch a model now instead of on first use', 'fovea models pull yolox-tiny')
    .argument('<model>', 'name of a card, or a hub repository')
    .action((model: string, options: CommonOptions) =>
      run(options, true, async (client) => {
        const pulled = await pullModel(client, model);
        if (options.json === true) printJson(pulled);
        else print(`${pulled.name} is here: ${pulled.folder ?? pulled.source}`);
      }),
    );
}

/** Fetches a model's files to the server's machine, and shows how far it is. */
export function pullModel(client: FoveaClient, model: string): Promise<ModelInfo> {
  const line = progressLine();
  return client.models
    .pull(model, { onProgress: (progress) => line.show(fetching(progress)) })
    .finally(() => line.end());
}

/** `Fetching clip: onnx/vision_model.onnx, 12.0 of 88.1 MB (14 %)` */
function fetching({ model, file, receivedBytes, totalBytes }: PullProgress): string {
  if (file === null) return `Asking for ${model}`;
  const received = (receivedBytes / 1e6).toFixed(1);
  if (totalBytes === null) return `Fetching ${model}: ${file}, ${received} MB`;
  const share = totalBytes === 0 ? 100 : Math.floor((100 * receivedBytes) / totalBytes);
  return `Fetching ${model}: ${file}, ${received} of ${(totalBytes / 1e6).toFixed(1)} MB (${share} %)`;
}

function verifyCommand(): Command {
  return command(
    'verify',
    "Compare a model's faster variants with full precision on your pictures",
    'fovea models verify fovea-tiny ./photos',
  )
    .argument('<model>', 'name of a card, a hub repository or a folder')
    .argument('<pictures...>', 'a few picture files or a folder of them')
    .action(async (model: string, pictures: string[], options: CommonOptions) => {
      const { verifyModel } = await import('../../engine/index.ts');
      const report = await verifyModel(environmentOf(options).engine, model, pictures);
      if (options.json === true) return printJson(report);
      const rows = report.variants.map(({ variant, meanCosine, topOverlap, imagesPerSecond }) => [
        variant,
        meanCosine,
        topOverlap,
        imagesPerSecond,
      ]);
      print(table(['variant', 'mean cosine', 'top-10 overlap', 'pictures/s'], rows));
      if (report.variants.length === 1) note(`"${model}" has one variant; there is nothing to compare it with`);
    });
}
