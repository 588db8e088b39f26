/**
 * A model's name to its files: which card or kind it is, and where its bytes lie or come from.
 *
 * Order: a folder that was named; else, for a card, the user's folders (`FOVEA_MODELS`), the package, the cache and the
 * hub; else a folder of that name among the user's; else a repository on the hub.
 *
 * @module
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InvalidInputError, NotFoundError } from '../contract/index.ts';
import { isFile, isFolder } from './cache.ts';
import type { Card, Family, TextReaderParts, Variant } from './card.ts';
import { COCO_LABELS } from './coco.ts';
import { familyOf, readModelConfig } from './config.ts';
import { folderFiles, remoteFiles } from './model-files.ts';
import type { ModelFiles } from './model-files.ts';
import { parseModelName, withVariant } from './model-name.ts';
import type { ModelName } from './model-name.ts';
import { requiredFiles } from './onnx-files.ts';
import { graphSignature } from './onnx-graph.ts';
import { ppocrParts } from './ppocr-parts.ts';
import type { World } from './world.ts';

/** A model whose kind is known. */
export interface LocatedModel {
  /** What a policy pins. */
  readonly model: string;
  readonly family: Family;
  readonly variant: Variant;
  readonly card: Card | undefined;
  readonly files: ModelFiles;
  /** Of a model whose one ONNX file says everything (no card, no configuration). */
  readonly single?: SingleOnnx;
  /** Of a text reader in a folder of the user's. */
  readonly parts?: TextReaderParts;
}

/** A model that is one ONNX file. */
interface SingleOnnx {
  readonly file: string;
  /** Height of its input, and width but for UltraFace. Pixels. */
  readonly inputSize: number;
  /** Length of what it gives, the last side of its first output, where that is fixed. */
  readonly dimension: number | undefined;
}

/** What must be there before it can be loaded. */
export function neededFiles({ family, variant, card, single, parts }: LocatedModel): readonly string[] {
  if (single !== undefined) return [single.file];
  if (parts === undefined) return requiredFiles(family, variant, card);
  return Object.values(parts).filter((file) => file !== undefined);
}

/** Finds a model that isn't `auto`. May fetch `config.json`, never weights. */
export async function locate(text: string, world: World): Promise<LocatedModel> {
  const name = parseModelName(text);
  switch (name.kind) {
    case 'auto':
      throw new TypeError('Cannot locate "auto": choose a model first');
    case 'path':
      return locatePath(name.path, name.variant, world);
    case 'repository':
      return locateRepository(name, world);
    case 'name':
      return locateName(name.name, name.variant, world);
  }
}

/** A card's files: in a folder of the user's, in the package, or in the cache. */
export async function locateCard(card: Card, variant: Variant, world: World): Promise<LocatedModel> {
  const model = withVariant(card.name, variant);
  const files = (await localCardFiles(card, model, world)) ?? ownFiles(card, model, world);
  return { model, family: card.family, variant: variant === 'fp32' ? (card.build ?? variant) : variant, card, files };
}

function ownFiles(card: Card, model: string, world: World): ModelFiles {
  const { source } = card;
  if (source.kind !== 'shipped') return remoteFiles(model, source, card.files, world);
  return folderFiles(model, join(world.shippedFolder, card.name), 'shipped', world.options.cacheFolder, card.files);
}

async function localCardFiles(card: Card, model: string, world: World): Promise<ModelFiles | undefined> {
  const folder = await localFolder(localNames(card), world);
  if (folder === undefined) return undefined;
  return folderFiles(model, folder, 'local', world.options.cacheFolder, card.files);
}

/** Names a user may have given a card's folder: ours, the repository's, and the repository's with its owner. */
function localNames({ name, source }: Card): string[] {
  if (source.kind !== 'hub') return [name];
  const { repository } = source;
  return [name, basename(repository), repository.replaceAll('/', '--'), repository];
}

async function localFolder(names: readonly string[], { options }: World): Promise<string | undefined> {
  for (const folder of options.localFolders ?? []) {
    for (const name of names) if (await isFolder(join(folder, name))) return join(folder, name);
  }
  return undefined;
}

async function locateName(name: string, variant: Variant, world: World): Promise<LocatedModel> {
  const card = world.cards.find((candidate) => candidate.name === name);
  if (card !== undefined) return locateCard(card, variant, world);
  const folder = await localFolder([name], world);
  if (folder !== undefined) return locateFolder(withVariant(name, variant), folder, variant, world);
  // The user's own first: only so many names are said.
  const known = [...(await localModelNames(world)), ...world.cards.map((candidate) => candidate.name)];
  throw new NotFoundError('model', name, known);
}

async function locateRepository(
  { name, revision, variant }: Extract<ModelName, { kind: 'repository' }>,
  world: World,
): Promise<LocatedModel> {
  const card = world.cards.find(
    ({ source }) =>
      source.kind === 'hub' && source.repository === name && (revision === 'main' || revision === source.revision),
  );
  if (card !== undefined) return locateCard(card, variant, world);
  const model = withVariant(revision === 'main' ? name : `${name}@${revision}`, variant);
  const folder = await localFolder([name, name.replaceAll('/', '--')], world);
  if (folder !== undefined) return locateFolder(model, folder, variant, world);
  const files = remoteFiles(model, { kind: 'hub', repository: name, revision }, [], world);
  const family = familyOf(await readModelConfig(await files.path('config.json')), model);
  return { model, family, variant, card: undefined, files };
}

async function locatePath(path: string, variant: Variant, world: World): Promise<LocatedModel> {
  const model = withVariant(path, variant);
  if (await isFile(path)) return locateOnnx(model, dirname(path), basename(path), world);
  if (await isFolder(path)) return locateFolder(model, path, variant, world);
  throw new InvalidInputError(`Cannot use model "${path}": there is no such folder or file`);
}

/** A folder with a `config.json` is a repository; a single ONNX file says by its graph what it is; PP-OCR has several. */
async function locateFolder(model: string, folder: string, variant: Variant, world: World): Promise<LocatedModel> {
  const files = folderFiles(model, folder, 'local', world.options.cacheFolder);
  if (await files.has('config.json')) {
    const family = familyOf(await readModelConfig(await files.path('config.json')), model);
    return { model, family, variant, card: undefined, files };
  }
  const entries = await readdir(folder);
  const parts = ppocrParts(entries);
  if (parts !== undefined) return { model, family: 'ppocr', variant, card: undefined, files, parts };
  const [onnx, ...others] = entries.filter((file) => file.endsWith('.onnx'));
  if (onnx === undefined || others.length > 0) {
    throw new InvalidInputError(
      `Cannot use model "${model}": the folder ${folder} holds neither a config.json (a repository of the hub), nor a single .onnx file, nor the parts of PP-OCR (…det….onnx, …rec….onnx, …dict….txt)`,
    );
  }
  return locateOnnx(model, folder, onnx, world);
}

/** Says what a lone ONNX file is from its inputs and outputs. */
async function locateOnnx(model: string, folder: string, file: string, world: World): Promise<LocatedModel> {
  const refusal = (why: string): InvalidInputError =>
    new InvalidInputError(
      `Cannot use model "${model}": ${file} ${why}; a lone ONNX file must be a YOLOX detector of the ${COCO_LABELS.length} COCO classes, a face detector (YuNet, UltraFace) or SFace`,
    );
  let signature: GraphSignature;
  try {
    signature = graphSignature(await readFile(join(folder, file)));
  } catch {
    throw refusal('is no ONNX model');
  }
  const family = familyOfOnnx(signature);
  const inputSize = signature.inputs[0]?.shape[2];
  if (family === undefined || inputSize === undefined) throw refusal('has other inputs and outputs');
  const files = folderFiles(model, folder, 'local', world.options.cacheFolder);
  const dimension = signature.outputs[0]?.shape.at(-1);
  return { model, family, variant: 'fp32', card: undefined, files, single: { file, inputSize, dimension } };
}

type GraphSignature = ReturnType<typeof graphSignature>;

function familyOfOnnx({ inputs, outputs }: GraphSignature): Family | undefined {
  const names = new Set(outputs.map(({ name }) => name));
  if (names.has('kps_8') && names.has('bbox_8')) return 'yunet';
  if (names.size === 2 && names.has('scores') && names.has('boxes')) return 'ultraface';
  if (outputs[0]?.shape.at(-1) === COCO_LABELS.length + 5) return 'yolox';
  const [, channels, height, width] = inputs[0]?.shape ?? [];
  const isFace = channels === 3 && height === 112 && width === 112;
  return isFace && outputs.length === 1 && outputs[0]?.shape.length === 2 ? 'sface' : undefined;
}

/** Folders among the user's that look like models and aren't a card's. */
export async function localModelNames(world: World): Promise<string[]> {
  const taken = new Set(world.cards.flatMap(localNames));
  const names = new Set<string>();
  for (const folder of world.options.localFolders ?? []) {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      if (entry.isFile() || taken.has(entry.name) || entry.name.startsWith('.')) continue;
      if (await looksLikeModel(join(folder, entry.name))) names.add(entry.name);
    }
  }
  return [...names].toSorted();
}

async function looksLikeModel(folder: string): Promise<boolean> {
  return (await isFile(join(folder, 'config.json'))) || ppocrParts(await readdir(folder).catch(() => [])) !== undefined;
}
