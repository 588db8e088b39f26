/**
 * The product's own rate: from `add` to indexed, in a home that is thrown away.
 *
 * @module
 */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'fovea';
import { scratchFolder } from './lib-data.ts';

/** Paths of pictures: those that load models and fill caches, and those that are timed. */
export interface Photos {
  readonly warmUp: readonly string[];
  readonly files: readonly string[];
}

export interface Policy {
  readonly name: string;
  readonly extractor: string;
  readonly params: Readonly<Record<string, unknown>>;
}

interface Setting {
  /** URL of a PostgreSQL; absent: the embedded database. */
  readonly database: string | undefined;
  /** Folders with models. */
  readonly models: readonly string[];
  readonly workers: number;
}

/** Pictures a second: its own processes, a database that is new, workers that are warm. */
export async function indexingRate(
  policies: readonly Policy[],
  { warmUp, files }: Photos,
  { database, models, workers }: Setting,
): Promise<number> {
  const folder = scratchFolder('product');
  const linked = (name: string, paths: readonly string[]): string => {
    const target = join(folder, name);
    mkdirSync(target);
    for (const [place, path] of paths.entries()) symlinkSync(path, join(target, `${place}.jpg`));
    return target;
  };
  const fovea = await open({
    home: join(folder, 'home'),
    models,
    hub: { offline: true },
    workers,
    ...(database === undefined ? {} : { database }),
  });
  // Two runs on one PostgreSQL must not meet.
  const client = fovea.withNamespace(`run${Date.now()}`);
  const index = async (path: string): Promise<void> => {
    for await (const { failed } of client.addPath(path, { graph: 'none' }))
      if (failed > 0) throw new Error('A file was not added');
    const { failedContents } = await client.waitUntilIndexed();
    if (failedContents > 0) throw new Error(`${failedContents} pictures failed`);
  };
  // Events tell when the last result was written without asking for it again and again, which costs what is measured.
  const listening = new AbortController();
  let lastResult = 0;
  const listen = async (): Promise<void> => {
    for await (const { type } of client.events(listening.signal))
      if (type === 'features') lastResult = performance.now();
  };
  try {
    await client.namespaces.create(client.namespace);
    const asked = policies.map(({ name, extractor, params }) => ({ name, extractor, input_params: params }));
    await client.graphs.apply(JSON.stringify({ name: 'bench', extraction_policies: asked }));
    await index(linked('warm', warmUp));
    const target = linked('files', files);
    const heard = listen();
    const started = performance.now();
    await index(target);
    listening.abort();
    await heard;
    if (lastResult === 0) throw new Error('No result was told of');
    return files.length / ((lastResult - started) / 1000);
  } finally {
    listening.abort();
    await fovea.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
