/**
 * `fovea join-server`: `fovea worker` with the flags of Indexify's workers.
 *
 * @module
 */
import type { Command } from 'commander';
import { command, environmentOf, integerOption } from '../command.ts';
import type { CommonOptions } from '../command.ts';
import { note } from '../output.ts';
import { runWorkers } from './worker.ts';

/** Where Indexify's ingestion server listened, and Fovea's does. */
const DEFAULT_SERVER = '127.0.0.1:8900';

interface JoinOptions extends CommonOptions {
  readonly ingestionAddr?: string;
  readonly workers?: number;
}

/** Flags that are accepted for those who have them in their scripts. */
const WITHOUT_MEANING = {
  coordinatorAddr: '--coordinator-addr',
  advertiseAddr: '--advertise-addr',
  listenPort: '--listen-port',
  downloadMethod: '--download-method',
  configPath: '--config-path',
} as const;

export function joinServerCommand(): Command {
  return command(
    'join-server',
    'Run workers for a server: "fovea worker" by its old name',
    'fovea join-server --ingestion-addr host:8900 --workers 2',
  )
    .argument('[extractor]', 'take tasks of this extractor only')
    .option('--ingestion-addr <address>', 'the server: host:port, or a URL (default: FOVEA_SERVER or 127.0.0.1:8900)')
    .option('--workers <count>', 'worker processes (default: FOVEA_WORKERS or cores − 1)', integerOption(1, 256))
    .option('--coordinator-addr <address>', 'means nothing here')
    .option('--advertise-addr <address>', 'means nothing here')
    .option('--listen-port <port>', 'means nothing here')
    .option('--download-method <method>', 'means nothing here')
    .option('--config-path <file>', 'means nothing here')
    .action((extractor: string | undefined, options: JoinOptions) => {
      const ignored = Object.entries(WITHOUT_MEANING).flatMap(([key, flag]) => (key in options ? [flag] : []));
      if (ignored.length > 0)
        note(
          `${ignored.join(', ')}: of no meaning here, since workers ask the server for everything over one address and listen on no port`,
        );
      const given = options.ingestionAddr ?? environmentOf(options).server ?? DEFAULT_SERVER;
      const server = given.includes('://') ? given : `http://${given}`;
      return runWorkers({ ...options, server, ...(extractor === undefined ? {} : { only: [extractor] }) });
    });
}
