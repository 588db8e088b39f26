/**
 * Operations that ask: what a library answers must follow from its model.
 *
 * @module
 */
import type { Content, Hit, Labels } from '../../src/contract/index.ts';
import type { SearchOptions } from '../../src/client/search.ts';
import { deleteContents, upload } from './changes.ts';
import { expectedFacts, factsOf, idOf, newestFirst, type Pair } from './comparison.ts';
import { refused, same } from './difference.ts';
import { directionsOf } from './graph-model.ts';
import type { ModelContent } from './library-model.ts';
import type { World } from './world.ts';

/** Half floats, which PostgreSQL keeps, are this far off. */
const VECTOR_ERROR = 0.005;

/** `key=value` as a user writes it, and the labels that it means. */
const LABEL_FILTERS: readonly (readonly [string, (labels: Labels) => boolean])[] = [
  ['trip=rome', ({ trip }) => trip === 'rome'],
  ['trip=a=b', ({ trip }) => trip === 'a=b'],
  ['trip=O\'Hara "2"', ({ trip }) => trip === 'O\'Hara "2"'],
  ['trip=5', ({ trip }) => trip === '5'],
  ['stars=3', ({ stars }) => stars === 3],
  ['best=true', ({ best }) => best === true],
  ['never=1', () => false],
];

/** SQL conditions, and what they mean. */
const CONDITIONS: readonly (readonly [string, (content: ModelContent, pair: Pair) => boolean])[] = [
  ['c.size_bytes > 300', ({ sample }) => sample.bytes.length > 300],
  [`c.labels ->> 'trip' = 'oslo'`, ({ labels }) => labels.trip === 'oslo'],
  [`c.labels ->> 'trip' is null -- "`, ({ labels }) => labels.trip === undefined],
  [
    `(c.labels ->> 'stars')::int >= 3 or c.name like 'photo%'`,
    ({ labels, name }) => Number(labels.stars) >= 3 || name.startsWith('photo'),
  ],
  ['uri is null', (content, { model }) => model.shownUri(content) === undefined],
  [`mime_type <> 'image/jpeg'`, ({ sample }) => sample.mimeType !== 'image/jpeg'],
  ['width > 40', ({ sample, tasks }) => tasks.get('picture') === 'done' && Number(sample.width) > 40],
];

/** A page after the other, with filters. */
export async function list(world: World): Promise<void> {
  const { random } = world;
  const name = world.pick();
  const filters = random.chance(0.6) ? random.times(random.int(1, 2), () => random.pick(LABEL_FILTERS)) : [];
  const state = random.chance(0.4) ? random.pick(['waiting', 'running', 'done', 'failed'] as const) : undefined;
  const limit = random.int(1, 20);
  const label = filters.map(([text]) => text);
  world.say(`list "${name}": ${JSON.stringify({ label, state, limit })}`);
  const pair = state === undefined ? world.pair(name) : await world.settle(name);
  const hasState = ({ tasks }: ModelContent): boolean =>
    state === undefined || [...tasks.values()].some((end) => (end === 'done' ? 'done' : 'failed') === state);
  const expected = newestFirst(pair).filter(
    (content) => filters.every(([, holds]) => holds(content.labels)) && hasState(content),
  );
  const found: Content[] = [];
  let cursor: string | undefined;
  do {
    const page = await pair.client.contents.list({ limit, label, state, ...(cursor === undefined ? {} : { cursor }) });
    same('the total of a list', page.total, expected.length);
    found.push(...page.contents);
    cursor = page.cursor;
    same('whether there is another page', cursor !== undefined, found.length < expected.length);
  } while (cursor !== undefined);
  same(
    'the pages of a list',
    found.map(factsOf),
    expected.map((content) => expectedFacts(pair, content)),
  );
}

/** What comes and goes between two pages moves no other content. */
export async function listAcrossChange(world: World): Promise<void> {
  const { random } = world;
  const name = world.pick();
  const pair = world.pair(name);
  const limit = random.int(1, 8);
  world.say(`list "${name}" by ${limit}, with a change behind the first page`);
  const first = await pair.client.contents.list({ limit });
  const shown = newestFirst(pair).slice(0, limit);
  same(
    'the first page',
    first.contents.map(factsOf),
    shown.map((content) => expectedFacts(pair, content)),
  );
  const last = shown.at(-1);
  if (first.cursor === undefined || last === undefined) return;
  await (random.chance(0.5) ? upload(world, name) : deleteContents(world, name));
  const after = (content: ModelContent): boolean =>
    content.born < last.born ||
    (content.born === last.born && idOf(pair, content.sample.sha256) < idOf(pair, last.sample.sha256));
  const expected = newestFirst(pair).filter(after);
  const rest = await pair.client.contents.list({ limit: 1000, cursor: first.cursor });
  same(
    'what follows the first page',
    rest.contents.map(factsOf),
    expected.map((content) => expectedFacts(pair, content)),
  );
}

/** A search by condition and labels lists what fits, newest first. */
export async function search(world: World): Promise<void> {
  const { random } = world;
  const name = world.pick();
  const [where, fits] = random.pick(CONDITIONS);
  const filters = random.chance(0.3) ? [random.pick(LABEL_FILTERS)] : [];
  const limit = random.int(1, 30);
  const request = { where, labels: filters.map(([text]) => text), limit };
  world.say(`search "${name}": ${JSON.stringify(request)}`);
  const pair = await world.settle(name);
  const expected = newestFirst(pair).filter(
    (content) => fits(content, pair) && filters.every(([, holds]) => holds(content.labels)),
  );
  const hits = await allPages(pair, request, expected.length);
  same(
    'the hits',
    hits.map(({ contentId, name: shown, uri, labels, similarity }) => ({
      contentId,
      name: shown,
      uri,
      labels,
      similarity,
    })),
    expected.map((content) => ({
      contentId: idOf(pair, content.sample.sha256),
      name: content.name,
      uri: pair.model.shownUri(content) ?? null,
      labels: content.labels,
      similarity: null,
    })),
  );
}

/** The total is told exactly where all hits are on one page; else it may be a second old. */
async function allPages(pair: Pair, request: SearchOptions & { limit: number }, expected: number): Promise<Hit[]> {
  const hits: Hit[] = [];
  let cursor: string | undefined;
  do {
    const page = await pair.client.search(cursor === undefined ? request : { limit: request.limit, cursor });
    hits.push(...page.hits);
    if (expected <= request.limit && request.like === undefined) same('the total of a search', page.total, expected);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return hits;
}

/** Searching by a content finds the others by their directions, among those that a label leaves. */
export async function searchLike(world: World): Promise<void> {
  const { random } = world;
  const name = world.pick();
  const pair = await world.settle(name);
  const index = pair.model.policies().find(({ policy }) => policy.extractor === 'test/direction');
  const [liked] = world.someOf(pair, 1);
  if (index === undefined || liked === undefined) return;
  const filter = random.chance(0.4) ? random.pick(LABEL_FILTERS) : undefined;
  const limit = random.int(1, 20);
  const request = {
    index: `${index.key}.direction`,
    like: { contentId: idOf(pair, liked.sample.sha256) },
    labels: filter === undefined ? [] : [filter[0]],
    limit,
  };
  world.say(`search "${name}": ${JSON.stringify(request)}`);
  const hasVector = ({ tasks }: ModelContent): boolean => tasks.get(index.key) === 'done';
  if (!hasVector(liked)) return refused('searching by what has no vector', 'unavailable', pair.client.search(request));
  const rows = index.policy.params.rows ?? 1;
  const [query = []] = directionsOf(liked.sample, 1);
  const expected = [...pair.model.contents.values()]
    .filter((content) => content !== liked && hasVector(content) && (filter?.[1](content.labels) ?? true))
    .map(({ sample }) => ({
      contentId: idOf(pair, sample.sha256),
      similarity: Math.max(...directionsOf(sample, rows).map((direction) => dot(direction, query))),
    }))
    .toSorted((a, b) => b.similarity - a.similarity);
  compareRanking(await allPages(pair, request, expected.length), expected);
}

/** All that can be found, each once, by similarity; near ties in either order. */
function compareRanking(
  hits: readonly Hit[],
  expected: readonly { readonly contentId: string; readonly similarity: number }[],
): void {
  const found = hits.map(({ contentId }) => contentId);
  same('the contents that are found', found.toSorted(), expected.map(({ contentId }) => contentId).toSorted());
  for (const [place, { contentId, similarity }] of hits.entries()) {
    const own = expected.find((each) => each.contentId === contentId)?.similarity ?? Number.NaN;
    const atPlace = expected[place]?.similarity ?? Number.NaN;
    const isRight = Math.abs(Number(similarity) - own) < VECTOR_ERROR && Math.abs(own - atPlace) < VECTOR_ERROR;
    if (!isRight)
      throw new Error(
        `Hit ${place} is ${contentId} with ${similarity}; its own is ${own}, that of the place ${atPlace}`,
      );
  }
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, place) => sum + value * (b[place] ?? 0), 0);
}

export async function countBySql(world: World): Promise<void> {
  const name = world.pick();
  const pair = world.pair(name);
  world.say(`count "${name}" by SQL`);
  const { rows } = await pair.client.sql(
    `select labels ->> 'trip' as trip, count(*) as contents, sum(size_bytes) as bytes from content group by 1`,
  );
  const expected = new Map<string | null, { trip: string | null; contents: number; bytes: number }>();
  for (const { sample, labels } of pair.model.contents.values()) {
    const trip = labels.trip === undefined ? null : String(labels.trip);
    const { contents = 0, bytes = 0 } = expected.get(trip) ?? {};
    expected.set(trip, { trip, contents: contents + 1, bytes: bytes + sample.bytes.length });
  }
  const sorted = <T extends { trip: unknown }>(groups: readonly T[]): T[] =>
    groups.toSorted((a, b) => (String(a.trip) < String(b.trip) ? -1 : 1));
  same(
    'counts by label',
    sorted(rows.map(({ trip, contents, bytes }) => ({ trip, contents: Number(contents), bytes: Number(bytes) }))),
    sorted([...expected.values()]),
  );
}

/** The bytes, whole and in part, from wherever they lie. */
export async function readOriginal(world: World): Promise<void> {
  const name = world.pick();
  const pair = world.pair(name);
  const [content] = world.someOf(pair, 1);
  if (content === undefined) return;
  const { sample, places } = content;
  const id = idOf(pair, sample.sha256);
  world.say(`read ${sample.sha256.slice(0, 8)} of "${name}"`);
  const isThere = [...places].some(
    ([uri, { state }]) => state === 'present' && (uri.startsWith('fovea:') || world.photos.at(uri) === sample),
  );
  if (!isThere) return refused('reading what lies nowhere', 'not_found', pair.client.original(id));
  const whole = await pair.client.original(id);
  // What is no picture is a download.
  const isPicture = sample.mimeType.startsWith('image/');
  same('the type', whole.mimeType, isPicture ? sample.mimeType : 'application/octet-stream');
  same('the bytes', Buffer.from(await whole.bytes()).equals(sample.bytes), true);
  const part = await pair.client.original(id, { range: { start: 10, end: 19 } });
  same('ten bytes', [...(await part.bytes())], [...sample.bytes.subarray(10, 20)]);
}

export async function readThumbnail(world: World): Promise<void> {
  const name = world.pick();
  const pair = await world.settle(name);
  const [content] = world.someOf(pair, 1);
  if (content?.tasks.get('picture') !== 'done') return;
  world.say(`the thumbnail of ${content.sample.sha256.slice(0, 8)} of "${name}"`);
  const asked = pair.client.thumbnail(idOf(pair, content.sample.sha256));
  const mayBeLost = content.born < world.restoredAt && pair.model.bytesPlace(content) === undefined;
  // A backup holds no thumbnails, and of bytes that lie nowhere none can be made.
  if (
    mayBeLost &&
    !(await asked.then(
      () => true,
      () => false,
    ))
  )
    return refused('it', 'not_found', asked);
  const bytes = await (await asked).bytes();
  same('the beginning of a thumbnail', Buffer.from(bytes.subarray(8, 12)).toString(), 'WEBP');
}

export async function readFeatures(world: World): Promise<void> {
  const name = world.pick();
  const pair = await world.settle(name);
  const [content] = world.someOf(pair, 1);
  if (content === undefined) return;
  world.say(`the features of ${content.sample.sha256.slice(0, 8)} of "${name}"`);
  const { features } = await pair.client.contents.features(idOf(pair, content.sample.sha256));
  const found = features.map(({ graph, policy }) => `${graph}.${policy}`).toSorted();
  const keys = pair.model.policies().map(({ key }) => key);
  same('the policies with features', found, keys.filter((key) => content.tasks.get(key) === 'done').toSorted());
}

/** Nothing is made by asking. */
export async function askNowhere(world: World): Promise<void> {
  world.say('ask a namespace that nobody made');
  const client = world.client.withNamespace('nobody');
  await refused('its contents', 'not_found', client.contents.list());
  await refused('its status', 'not_found', client.status());
  await refused('a statement', 'not_found', client.sql('select 1'));
}
