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
    const { failedContents } = await client.waitUntilIndexed({ pollMs: 20 });
    if (failedContents > 0) throw new Error(`${failedContents} pictures failed`);
  };
  try {
    await client.namespaces.create(client.namespace);
    const asked = policies.map(({ name, extractor, params }) => ({ name, extractor, input_params: params }));
    await client.graphs.apply(JSON.stringify({ name: 'bench', extraction_policies: asked }));
    await index(linked('warm', warmUp));
    const target = linked('files', files);
    const started = performance.now();
    await index(target);
    return files.length / ((performance.now() - started) / 1000);
  } finally {
    await fovea.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
