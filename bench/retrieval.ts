/**
 * Search by words, by vectors and by both, through the product's own path: the 1,000 Flickr8k validation photos are added, one
 * caption of each in either language is given to them as their description, and the others are asked for; a caption's own
 * photo is what must be found.
 *
 *     recall@k = share of captions whose photo is among the first k hits
 *
 * The constants of the fusion are chosen on photos with an even place in the file, by fusing each leg's list here with the
 * product's function; what is reported is what the product answers, with its defaults, on the odd ones.
 *
 *     npm run bench -- retrieval [--photos 1000] [--queries 4]
 *
 * @module
 */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { open } from 'fovea';
import type { FoveaClient } from 'fovea';
import type * as ChooseLegs from '../dist/retrieval/choose-legs.js';
import type * as Fuse from '../dist/retrieval/fuse.js';
import type { ScoredMatch } from '../dist/retrieval/fuse.js';
import type { CaptionedPhoto } from './lib-data.ts';
import { captionedPhotos, scratchFolder, testData } from './lib-data.ts';
import type { Figure } from './lib-report.ts';
import { report } from './lib-report.ts';

const load = async <Module>(path: string): Promise<Module> =>
  (await import(pathToFileURL(resolve(path)).href)) as Module;
const { reciprocalRankFusion } = await load<typeof Fuse>('dist/retrieval/fuse.js');
const { FUSION_DEFAULTS } = await load<typeof ChooseLegs>('dist/retrieval/choose-legs.js');

const GRAPH = `
name: retrieval
extraction_policies:
  - { name: mini, extractor: embedding/clip, input_params: { model: ${testData('models/mini-clip')} } }
  - name: captions
    extractor: given
    input_params: { columns: { text_en: { type: text, language: en }, text_zh: { type: text, language: zh } } }
`;

const LANGUAGES = ['en', 'zh'] as const;
type Language = (typeof LANGUAGES)[number];
/** recall@1, @5, @10 in percent. */
type Recall = readonly [number, number, number];
const CUTS = [1, 5, 10] as const;

/** The text leg has no constants that were chosen on anything, so its goals are held over all photos. */
const GOALS: Readonly<Record<string, Recall>> = {
  'text, all photos, en': [30, 49, 57],
  'text, all photos, zh': [15, 29, 37],
  'hybrid en': [34, 62, 72],
  'hybrid zh': [15.5, 34, 44],
};

const GRID = {
  k: [0, 1, 2, 5, 10, 20, 40, 60, 100],
  depth: [50, 100, 200],
  text: [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2],
};
const MAX_DEPTH = Math.max(...GRID.depth);

interface Query {
  readonly image: string;
  readonly words: string;
}

/** Photos by name, best first. */
type List = readonly ScoredMatch[];

interface Lists {
  readonly image: string;
  readonly vector: List;
  readonly text: List;
}

async function index(client: FoveaClient, photos: readonly CaptionedPhoto[], folder: string): Promise<void> {
  const source = testData('data/flickr8k/images');
  mkdirSync(folder);
  for (const { image } of photos) symlinkSync(join(source, image), join(folder, image));
  await client.graphs.apply(GRAPH);
  for await (const { finished, problems } of client.addPath(folder)) {
    if (finished && problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
  }
  const { rows } = await client.sql('select content_id, name from content', [], { limit: 100_000 });
  const ids = new Map(rows.map(({ content_id: id, name }) => [String(name), String(id)]));
  await client.features.put(
    'retrieval.captions',
    photos.map(({ image, en, zh }) => ({
      contentId: ids.get(image) ?? '',
      rows: [{ columns: { text_en: en[0] ?? null, text_zh: zh[0] ?? null } }],
    })),
  );
  const { failedContents } = await client.waitUntilIndexed();
  if (failedContents > 0) throw new Error(`${failedContents} photos failed`);
}

const queriesOf = (photos: readonly CaptionedPhoto[], language: Language, count: number): Query[] =>
  photos.flatMap((photo) => photo[language].slice(1, 1 + count).map((words) => ({ image: photo.image, words })));

async function listed(client: FoveaClient, request: Parameters<FoveaClient['search']>[0]): Promise<List> {
  return (await client.search(request)).hits.map(({ name, score }) => ({ contentId: name, score: score ?? 0 }));
}

function recall(ranked: Iterable<{ readonly image: string; readonly list: List }>): Recall {
  const found = [0, 0, 0];
  let queries = 0;
  for (const { image, list } of ranked) {
    queries += 1;
    const rank = list.findIndex(({ contentId }) => contentId === image);
    for (const [place, cut] of CUTS.entries()) if (rank !== -1 && rank < cut) found[place] = (found[place] ?? 0) + 1;
  }
  const [first = 0, five = 0, ten = 0] = found.map((count) => (100 * count) / queries);
  return [first, five, ten];
}

const only = (lists: readonly Lists[], leg: 'vector' | 'text'): Recall =>
  recall(lists.map(({ image, [leg]: list }) => ({ image, list })));

const fused = (lists: readonly Lists[], k: number, depth: number, weight: number): Recall =>
  recall(
    lists.map(({ image, vector, text }) => {
      const both = [
        { weight: 1, matches: vector.slice(0, depth) },
        { weight, matches: text.slice(0, depth) },
      ].filter(({ matches }) => matches.length > 0);
      return { image, list: reciprocalRankFusion(both, k).map(({ id, score }) => ({ contentId: id, score })) };
    }),
  );

/** Points that the hybrid must be above the better leg in each recall where the constants are chosen. */
const MARGIN = 0.5;

/** By the mean of all recalls in both languages, first those that are above the better leg alone in each. */
function choose(chosenOn: Readonly<Record<Language, readonly Lists[]>>): void {
  const tried = GRID.k.flatMap((k) =>
    GRID.depth.flatMap((depth) =>
      GRID.text.map((text) => {
        const gains = LANGUAGES.flatMap((language) => {
          const lists = chosenOn[language];
          const [vector, words, both] = [only(lists, 'vector'), only(lists, 'text'), fused(lists, k, depth, text)];
          return CUTS.map((_cut, place) => (both[place] ?? 0) - Math.max(vector[place] ?? 0, words[place] ?? 0));
        });
        const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
        return { k, depth, text, mean, least: Math.min(...gains) };
      }),
    ),
  );
  console.log('\nchosen on even photos: gain over the better leg, in points (mean and least of six)');
  for (const { k, depth, text, mean, least } of tried
    .toSorted((a, b) => Number(b.least >= MARGIN) - Number(a.least >= MARGIN) || b.mean - a.mean)
    .slice(0, 12))
    console.log(`  k ${k}  depth ${depth}  text ${text}  mean ${mean.toFixed(2)}  least ${least.toFixed(2)}`);
  const { k, depth, weights } = FUSION_DEFAULTS;
  const own = tried.find((each) => each.k === k && each.depth === depth && each.text === weights.text / weights.vector);
  console.log(
    `  defaults: k ${k}  depth ${depth}  text ${weights.text / weights.vector}  mean ${own?.mean.toFixed(2)}  least ${own?.least.toFixed(2)}`,
  );
}

const { values } = parseArgs({
  options: { photos: { type: 'string', default: '1000' }, queries: { type: 'string', default: '4' } },
});
const folder = scratchFolder('retrieval');
const client = await open({ home: join(folder, 'home'), models: [testData('models')], hub: { offline: true } });
try {
  const photos = captionedPhotos('val').slice(0, Number(values.photos));
  await index(client, photos, join(folder, 'photos'));
  const even = photos.filter((_photo, place) => place % 2 === 0);
  const odd = photos.filter((_photo, place) => place % 2 === 1);
  const lists: Record<Language, Lists[]> = { en: [], zh: [] };
  for (const language of LANGUAGES) {
    for (const { image, words } of queriesOf(even, language, Number(values.queries))) {
      const asked = { query: words, limit: MAX_DEPTH };
      const [vector, text] = await Promise.all([
        listed(client, { ...asked, legs: ['vector'] }),
        listed(client, { ...asked, legs: ['text'] }),
      ]);
      lists[language].push({ image, vector, text });
    }
  }
  choose(lists);
  const figures: Figure[] = [];
  for (const language of LANGUAGES) {
    const found: Record<'vector' | 'text' | 'hybrid', { image: string; list: List }[]> = {
      vector: [],
      text: [],
      hybrid: [],
    };
    for (const { image, words } of queriesOf(odd, language, Number(values.queries))) {
      const asked = { query: words, limit: 10 };
      found.vector.push({ image, list: await listed(client, { ...asked, legs: ['vector'] }) });
      found.text.push({ image, list: await listed(client, { ...asked, legs: ['text'] }) });
      found.hybrid.push({ image, list: await listed(client, asked) });
    }
    const [vector, text, hybrid] = [recall(found.vector), recall(found.text), recall(found.hybrid)];
    const everyText = recall([...lists[language].map((one) => ({ image: one.image, list: one.text })), ...found.text]);
    const reported = { vector, text, 'text, all photos,': everyText, hybrid };
    for (const [name, recalls] of Object.entries(reported)) {
      for (const [place, cut] of CUTS.entries()) {
        const value = recalls[place] ?? 0;
        const goal = GOALS[`${name} ${language}`]?.[place];
        figures.push({
          name: `${name} ${language} R@${cut}`,
          value,
          ...(goal === undefined ? {} : { goal: `≥ ${goal}`, met: value >= goal }),
        });
      }
    }
    for (const [place, cut] of CUTS.entries()) {
      const gain = (hybrid[place] ?? 0) - Math.max(vector[place] ?? 0, text[place] ?? 0);
      figures.push({
        name: `hybrid ${language} R@${cut} above the better leg`,
        value: gain,
        goal: '> 0',
        met: gain > 0,
      });
    }
  }
  console.log('');
  report('retrieval', figures);
} finally {
  await client.close();
  rmSync(folder, { recursive: true, force: true });
}
