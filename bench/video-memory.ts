/**
 * Memory over an hour of video: of `video/frames`, whose frames go one by one, and of `video/track`, which looks at one frame
 * a second.
 *
 *     npm run bench -- video-memory [--minutes 60] [--models DIR]
 *
 * Told is the resident memory of the process after the first tenth and the most after it: what grows with the length of the
 * video shows as their difference.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import type * as Extractors from '../src/extractors/index.ts';
import type * as Kit from '../src/extractor/index.ts';
import type * as ModelsLayer from '../src/models/index.ts';
import { scratchFolder } from './lib-data.ts';
import type { Figure } from './lib-report.ts';
import { report } from './lib-report.ts';

const load = <T>(path: string): Promise<T> => import(pathToFileURL(resolve('dist', path)).href) as Promise<T>;
const [{ builtinExtractors }, { prepareFile, STANDALONE }, { createModels }] = await Promise.all([
  load<typeof Extractors>('extractors/index.js'),
  load<typeof Kit>('extractor/index.js'),
  load<typeof ModelsLayer>('models/index.js'),
]);
const { values: options } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, models: { type: 'string', default: '../shared/models' } },
});
/** Megabytes that a run may grow by behind its first tenth. */
const MOST_GROWTH = 32;
const seconds = Number(options.minutes) * 60;
const folder = scratchFolder('video-memory');
const models = createModels({ cacheFolder: folder, localFolders: [resolve(options.models)], offline: true });
const path = makeVideo(join(folder, 'long.mp4'));

function makeVideo(target: string): string {
  const source = `testsrc2=size=320x180:rate=2:duration=${seconds}`;
  const coding = '-preset ultrafast -g 4 -keyint_min 4 -sc_threshold 0 -pix_fmt yuv420p'.split(' ');
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', source, ...coding, target]);
  return target;
}

interface Growth {
  readonly firstMb: number;
  readonly mostMb: number;
  readonly seen: number;
}

/** Runs an extractor over the video; `total` calls of its context are expected. */
async function growth(name: string, params: Record<string, unknown>, total: number): Promise<Growth> {
  const extractor = builtinExtractors.find((each) => each.name === name);
  if (extractor === undefined) throw new Error(`There is no "${name}"`);
  const loaded = await extractor.load(params, models);
  let [seen, firstMb, mostMb] = [0, 0, 0];
  const look = async (): Promise<void> => {
    seen += 1;
    const now = process.memoryUsage.rss() / 1e6;
    if (seen <= total / 10) firstMb = Math.max(firstMb, now);
    else mostMb = Math.max(mostMb, now);
  };
  const result = (await loaded.run([await prepareFile('it', path)], { ...STANDALONE, add: look, progress: look })).get(
    'it',
  );
  await loaded.close();
  if (result === undefined || result instanceof Error) throw result ?? new Error('No result');
  return { firstMb, mostMb, seen };
}

const figures: Figure[] = [];
for (const [name, params, total] of [
  ['video/frames', { distance: 2 }, seconds / 2],
  ['video/track', { model: 'yolox-nano', fps: 1 }, seconds / 4],
] as const) {
  const { firstMb, mostMb, seen } = await growth(name, params, total);
  figures.push({ name: `${name}: times that it got on`, value: seen });
  figures.push({ name: `${name}: MB in the first tenth`, value: firstMb });
  figures.push({ name: `${name}: MB at most behind it`, value: mostMb });
  figures.push({
    name: `${name}: grown by, MB`,
    value: mostMb - firstMb,
    goal: `<= ${MOST_GROWTH}`,
    met: mostMb - firstMb <= MOST_GROWTH,
  });
}
report('video-memory', figures);
