/**
 * `fovea download`: fetches the weights that an extractor runs with.
 *
 * @module
 */
import type { Command } from 'commander';
import type { ExtractorInfo } from '../../contract/index.ts';
import { extractorNamed, NotFoundError, UnavailableError, unknownExtractorHint } from '../../contract/index.ts';
import { run, wholeServerCommand } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { print, printJson } from '../output.ts';
import { pullModel } from './models.ts';

export function downloadCommand(): Command {
  return wholeServerCommand(
    'download',
    'Fetch the model of an extractor now instead of on first use',
    'fovea download hub://image/yolo',
  )
    .argument('<extractor>', 'name or alias, also as Indexify wrote it')
    .action((name: string, options: Omit<CommonOptions, 'namespace'>) =>
      run(options, true, async (client) => {
        const extractor = wanted(name, await client.extractors());
        if (extractor.waitingFor !== undefined) throw new UnavailableError(extractor.waitingFor);
        const is = extractor.name === name ? `"${name}"` : `"${name}" is "${extractor.name}" here; it`;
        if (extractor.model === undefined) {
          if (options.json === true) printJson({ extractor: extractor.name, model: null });
          else print(`${is} needs no model: there is nothing to fetch`);
          return;
        }
        const model = await pullModel(client, extractor.model);
        if (options.json === true) printJson({ extractor: extractor.name, model });
        else print(`${is} runs with the model ${model.name}, which is here: ${model.folder ?? model.source}`);
      }),
    );
}

function wanted(name: string, extractors: readonly ExtractorInfo[]): ExtractorInfo {
  const found = extractorNamed(name, extractors);
  if (found !== undefined) return found;
  const names = extractors.map((each) => each.name);
  throw new NotFoundError('extractor', name, names, unknownExtractorHint(name, extractors));
}
