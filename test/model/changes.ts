/**
 * Operations that change a library: each on the engine and on its model, which must tell the same of it.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { AddProgress } from '../../src/contract/index.ts';
import { idOf, learnIds } from './comparison.ts';
import type { Pair } from './comparison.ts';
import { refused, same } from './difference.ts';
import { expectedChange, graphText, GRAPH_NAMES, randomGraph, type ApplyMode, type AskedGraph } from './graph-model.ts';
import type { AddTotals, NamespaceModel } from './library-model.ts';
import { ignoredAs, PhotoFolder, short } from './photo-folder.ts';
import { NAMESPACES, type World } from './world.ts';

export async function upload(world: World, name: string = world.random.pick(NAMESPACES)): Promise<void> {
  const { random } = world;
  const sample = random.pick(world.samples);
  const labels = random.chance(0.4) ? world.labels() : {};
  const fileName = random.pick(['a.png', 'Straße 1.jpg', 'dir/inner.png', 'photo 1.png', 'no ending']);
  world.say(`upload ${short(sample)} to "${name}" as "${fileName}" with ${JSON.stringify(labels)}`);
  const pair = world.pair(name);
  if (pair.model.graphs.size === 0) await world.deleteLost(name, true);
  const reply = await pair.client.upload(sample.bytes, { name: fileName, labels });
  const isGraphMade = pair.model.ensureGraph();
  const created = pair.model.upload(world.operation, sample, fileName.split('/').at(-1) ?? '', labels);
  world.opened(name);
  learnIds(pair, [await pair.client.contents.get(reply.contentId)]);
  same('the id', reply.contentId, idOf(pair, sample.sha256));
  same('whether it is new', reply.created, created);
  same('whether a graph was made', reply.notes.length > 0, isGraphMade);
}

/** Changes files, and mostly adds them. */
export async function changeFiles(world: World): Promise<void> {
  const { random, photos } = world;
  // A task that is open would read what lies there before or behind the change.
  await world.settleAll();
  for (let left = random.int(1, 5); left > 0; left--) world.say(photos.change(random));
  if (random.chance(0.9)) await addFiles(world);
}

/** Adds the folder, one in it, a file, or a place where nothing is. */
export async function addFiles(world: World): Promise<void> {
  const { random, photos } = world;
  const name = random.pick(NAMESPACES);
  const files = photos.below('').filter((file) => ignoredAs(file) === undefined);
  const oneFile = random.chance(0.15) && files.length > 0 ? random.pick(files).path : undefined;
  const path = oneFile ?? (random.chance(0.6) ? '' : random.pick(PhotoFolder.folders));
  const labels = random.chance(0.3) ? world.labels() : {};
  const isWithoutGraph = random.chance(0.2);
  const isNowhere = random.chance(0.03);
  world.say(`add "${path}"${isNowhere ? ' of nowhere' : ''} to "${name}" with ${JSON.stringify(labels)}`);
  const { client, model } = world.pair(name);
  if (!isWithoutGraph && model.graphs.size === 0) await world.deleteLost(name, true);
  if (!isWithoutGraph) model.ensureGraph();
  world.opened(name);
  const root = isNowhere ? join(photos.root, 'nowhere') : join(photos.root, path);
  let last: AddProgress | undefined;
  const work = async (): Promise<void> => {
    const options = { labels, ...(isWithoutGraph ? { graph: 'none' as const } : {}) };
    for await (const progress of client.addPath(root, options)) last = progress;
  };
  if (isNowhere) return refused('adding nothing', 'not_found', work());
  await work();
  const expected = model.add(world.operation, path, labels);
  same('the totals of adding', last === undefined ? undefined : totalsOf(last), expected);
  same('what failed of adding', [last?.failed, last?.problems], [0, []]);
}

function totalsOf({ seen, added, duplicates, unchanged, missing, ignored }: AddProgress): AddTotals {
  return { seen, added, duplicates, unchanged, missing, ignored };
}

export async function deleteContents(world: World, name = world.pick()): Promise<void> {
  const pair = world.pair(name);
  const hashes = world.someOf(pair, 4).map(({ sample }) => sample.sha256);
  const unknown = world.random.chance(0.3) ? [randomUUID()] : [];
  if (hashes.length + unknown.length === 0) return;
  world.say(`delete ${hashes.map((hash) => hash.slice(0, 8)).join(', ')} and ${unknown.length} unknown of "${name}"`);
  const { deleted, unknown: notFound } = await pair.client.contents.delete([
    ...hashes.map((hash) => idOf(pair, hash)),
    ...unknown,
  ]);
  pair.model.delete(hashes);
  same('the reply to deleting', { deleted, unknown: notFound }, { deleted: hashes.length, unknown });
  for (const hash of hashes.slice(0, 1))
    await refused('getting what was deleted', 'not_found', pair.client.contents.get(idOf(pair, hash)));
}

export async function setLabels(world: World): Promise<void> {
  const { random } = world;
  const name = world.pick();
  const pair = world.pair(name);
  const hashes = world.someOf(pair, 5).map(({ sample }) => sample.sha256);
  if (hashes.length === 0) return;
  const set = world.labels();
  const remove = ['trip', 'stars', 'best', 'never'].filter(() => random.chance(0.2));
  world.say(
    `label ${hashes.map((hash) => hash.slice(0, 8)).join(', ')} of "${name}": ${JSON.stringify({ set, remove })}`,
  );
  const unknown = random.chance(0.2) ? [randomUUID()] : [];
  await pair.client.contents.labels([...hashes.map((hash) => idOf(pair, hash)), ...unknown], { set, remove });
  pair.model.setLabels(hashes, set, remove);
}

export async function applyGraph(world: World): Promise<void> {
  const { random } = world;
  const name = random.pick(NAMESPACES);
  const mode = random.pick(['apply', 'merge', 'prune'] as const);
  world.pair(name);
  await world.settle(name);
  await world.deleteLost(name);
  await apply(world, name, randomGraph(random), mode);
}

async function apply(world: World, name: string, asked: AskedGraph, mode: ApplyMode): Promise<void> {
  world.say(`apply to "${name}" (${mode}): ${graphText(asked)}`);
  const { client, model } = world.pair(name);
  const expected = expectedChange(model.graphs.get(asked.name), asked, mode);
  const change = await client.graphs.apply(graphText(asked), optionsOf(mode));
  model.apply(asked, mode);
  world.opened(name);
  same('the reply to applying', withoutWarnings(change), expected);
}

/** A version that is still being built is replaced by the next, or by the one before. */
export async function applyTwice(world: World): Promise<void> {
  const name = world.pick();
  const { model } = await world.settle(name);
  const [graph, policies] = [...model.graphs].find(([, each]) => each.has('colors')) ?? [];
  const colors = policies?.get('colors');
  if (graph === undefined || policies === undefined || colors === undefined) return;
  await world.deleteLost(name, true);
  const others = [...policies.values()].filter((policy) => policy !== colors);
  const count = colors.params.count ?? 1;
  const other = { ...colors, params: { count: 1 + (count % 3) } };
  const third = { ...colors, params: { count: world.random.chance(0.5) ? count : 1 + ((count + 1) % 3) } };
  await apply(world, name, { name: graph, policies: [...others, other] }, 'apply');
  await apply(world, name, { name: graph, policies: [third, ...others] }, 'merge');
}

/** Tells what applying would do, also where nobody made the namespace; the next comparison sees that it did nothing. */
export async function dryRun(world: World): Promise<void> {
  const { random } = world;
  const name = random.pick(NAMESPACES);
  const asked = randomGraph(random);
  const mode = random.pick(['apply', 'merge', 'prune'] as const);
  world.say(`dry run in "${name}" (${mode}): ${graphText(asked)}`);
  const model: NamespaceModel | undefined = world.names().includes(name) ? world.pair(name).model : undefined;
  const change = await world.client
    .withNamespace(name)
    .graphs.apply(graphText(asked), { ...optionsOf(mode), dryRun: true });
  same('the reply to a dry run', withoutWarnings(change), expectedChange(model?.graphs.get(asked.name), asked, mode));
}

function optionsOf(mode: ApplyMode): { readonly mode: 'apply' | 'merge'; readonly prune: boolean } {
  return { mode: mode === 'merge' ? 'merge' : 'apply', prune: mode === 'prune' };
}

function withoutWarnings({
  warnings: _warnings,
  policies: _policies,
  ...change
}: Awaited<ReturnType<Pair['client']['graphs']['apply']>>): ReturnType<typeof expectedChange> {
  const { added, changed, unchanged, extra, removed } = change;
  return {
    ...change,
    added: added.toSorted(),
    changed: changed.toSorted(),
    unchanged: unchanged.toSorted(),
    extra: extra.toSorted(),
    removed: removed.toSorted(),
  };
}

export async function deleteGraph(world: World): Promise<void> {
  const name = world.pick();
  const graph = world.random.pick(GRAPH_NAMES);
  world.say(`delete graph "${graph}" of "${name}"`);
  const { client, model } = world.pair(name);
  if (!model.graphs.has(graph)) return refused('deleting no graph', 'not_found', client.graphs.delete(graph));
  await client.graphs.delete(graph);
  model.deleteGraph(graph);
}

export async function createNamespace(world: World): Promise<void> {
  const name = world.random.pick(NAMESPACES);
  world.say(`create namespace "${name}"`);
  await world.client.namespaces.create(name);
  world.pair(name);
}

export async function deleteNamespace(world: World): Promise<void> {
  const name = world.random.pick(NAMESPACES);
  world.say(`delete namespace "${name}"`);
  const work = world.client.namespaces.delete(name);
  if (name === 'default') return refused('deleting the default namespace', 'conflict', work);
  if (!world.names().includes(name)) return refused('deleting no namespace', 'not_found', work);
  await work;
  world.drop(name);
}

/** Failed tasks, of some contents or of all. */
export async function retry(world: World): Promise<void> {
  const name = world.pick();
  const pair = await world.settle(name);
  await world.deleteLost(name);
  const hashes = world.random.chance(0.5) ? undefined : world.someOf(pair, 10).map(({ sample }) => sample.sha256);
  world.say(`retry ${hashes === undefined ? 'all' : hashes.map((hash) => hash.slice(0, 8)).join(', ')} of "${name}"`);
  const retried = await pair.client.retry(hashes?.map((hash) => idOf(pair, hash)));
  same('how many are retried', retried, pair.model.retry(hashes));
  world.opened(name);
}

export async function changeKeys(world: World): Promise<void> {
  const { random, keys } = world;
  const [oldest] = keys.keys();
  if (oldest !== undefined && random.chance(0.5)) {
    world.say(`remove key ${oldest}`);
    await world.client.keys.remove(oldest);
    keys.delete(oldest);
    return;
  }
  const asked = {
    name: `key ${world.operation}`,
    namespace: random.chance(0.3) ? null : world.pick(),
    access: random.chance(0.5) ? ('read' as const) : ('write' as const),
  };
  world.say(`create a key: ${JSON.stringify(asked)}`);
  const { id } = await world.client.keys.create(asked);
  keys.set(id, asked);
}
