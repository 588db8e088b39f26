/**
 * Memory of a server while it loads a Parquet data set, row group by row group: proportional set size of its main process
 * and of all its processes, after 2,000 and after 10,000 rows. Nothing is extracted, so that the load alone is seen.
 *
 *     goal: after 10,000 rows at most 10 % above what it was after 2,000
 *
 * The pictures are photos with a few bytes behind their end, so that each row is a content of its own; shards of 1,000 rows.
 *
 *     npm run bench -- dataset [--rows 10000]
 *
 * @module
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { scratchFolder, testData } from './lib-data.ts';
import { sampleMemory } from './lib-memory.ts';
import { quantile, report } from './lib-report.ts';
import { startServer } from './lib-server.ts';

const { values: options } = parseArgs({ options: { rows: { type: 'string', default: '10000' } } });
const SHARD_ROWS = 1000;
const GROUP_ROWS = 100;
const EARLY_ROWS = 2000;
const GROWTH_GOAL = 1.1;

const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' } as const;

async function writeShard(path: string, rows: readonly { bytes: Uint8Array; text: string }[]): Promise<void> {
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: [
      { name: 'schema', num_children: 2 },
      { name: 'image', num_children: 2, repetition_type: 'OPTIONAL' },
      { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
      { ...TEXT, name: 'path' },
      { ...TEXT, name: 'text_en' },
    ],
  });
  await file.write({
    columnData: [
      { name: 'image', data: rows.map(({ bytes }) => ({ bytes, path: null })), offsetIndex: true },
      { name: 'text_en', data: rows.map(({ text }) => text), offsetIndex: true },
    ],
    rowGroupSize: GROUP_ROWS,
    pageSize: 2 ** 20,
  });
  await file.finish();
  writeFileSync(path, writer.getBytes());
}

async function writeDataset(folder: string, count: number): Promise<void> {
  mkdirSync(folder);
  const images = testData('data/flickr8k/images');
  const photos = readdirSync(images);
  for (let first = 0; first < count; first += SHARD_ROWS) {
    const rows = Array.from({ length: Math.min(SHARD_ROWS, count - first) }, (_, place) => {
      const row = first + place;
      const photo = readFileSync(join(images, photos[row % photos.length] ?? ''));
      return { bytes: Buffer.concat([photo, Buffer.from(String(row))]), text: `photo ${row} of a list` };
    });
    await writeShard(join(folder, `train-${String(first / SHARD_ROWS).padStart(5, '0')}.parquet`), rows);
  }
}

interface Sample {
  readonly rows: number;
  /** Megabytes of the process that reads the data set, and of all processes. */
  readonly main: number;
  readonly total: number;
}

/** Around a number of rows: one sample says little, since garbage comes and goes. */
function around(samples: readonly Sample[], rows: number, of: 'main' | 'total'): number {
  const near = samples.filter((sample) => Math.abs(sample.rows - rows) <= 1000);
  return quantile(
    near.map((sample) => sample[of]),
    0.9,
  );
}

async function main(): Promise<void> {
  const scratch = scratchFolder('dataset');
  const count = Number(options.rows);
  try {
    await writeDataset(join(scratch, 'set'), count);
    const server = await startServer(join(scratch, 'home'), { FOVEA_WORKERS: '0' });
    try {
      const samples: Sample[] = [];
      const started = performance.now();
      const texts = [{ column: 'text_en', language: 'en' }];
      for await (const { seen, failed } of server.client.datasets.load(join(scratch, 'set'), {
        texts,
        graph: 'none',
      })) {
        if (failed > 0) throw new Error('A row was not loaded');
        const { total, byProcess } = sampleMemory(server.pid);
        samples.push({ rows: seen, main: byProcess.get('main.js') ?? 0, total });
      }
      const seconds = (performance.now() - started) / 1000;
      const growth = around(samples, count, 'total') / around(samples, EARLY_ROWS, 'total');
      report('dataset', [
        { name: 'rows/s', value: count / seconds },
        { name: `main process after ${EARLY_ROWS} rows, MB`, value: around(samples, EARLY_ROWS, 'main') },
        { name: `main process after ${count} rows, MB`, value: around(samples, count, 'main') },
        { name: `all processes after ${EARLY_ROWS} rows, MB`, value: around(samples, EARLY_ROWS, 'total') },
        { name: `all processes after ${count} rows, MB`, value: around(samples, count, 'total') },
        { name: 'growth', value: growth, goal: `≤ ${GROWTH_GOAL}`, met: growth <= GROWTH_GOAL },
      ]);
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

await main();
