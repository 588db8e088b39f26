/**
 * `auto`: the recommended model where it is here or can be had at once; else one that is here.
 *
 * Recommended for words and pictures is CLIP B/32, not SigLIP 2, though that finds more (COCO text to image R@1 47–52
 * against 30): CLIP is a third of the download (0.6 GB against 1.5 GB and more, for a text tower of 1.1 GB), the quickest
 * of them on a CPU, and each of its files has a hash that independent sources agree on. Who wants more names SigLIP 2.
 *
 * Recommended for text is PP-OCRv5 for languages in Latin letters; its Chinese one knows English beside Chinese and Japanese.
 *
 * Recommended for texts is multilingual E5 small: a hundred languages, 384 numbers; MiniLM, a fifth of its size, reads English.
 *
 * Recommended for boxes of what words name is Grounding DINO tiny: of its kind the one whose files several sources pin.
 *
 * Recommended for boxes is D-FINE-s (the best for its size, from the hub), then YOLOX-s (from its own release page).
 *
 * @module
 */
import { ModelUnavailableError } from '../contract/index.ts';
import type { Kind } from './card.ts';
import { askHub } from './hub.ts';
import { locateCard, neededFiles } from './locate.ts';
import type { LocatedModel } from './locate.ts';
import { remoteUrl } from './model-files.ts';
import type { World } from './world.ts';

/** Best first. */
const RECOMMENDED = {
  'image-text': ['clip-vit-base-patch32'],
  detector: ['dfine-s', 'yolox-s'],
  'zero-shot-detector': ['grounding-dino-tiny'],
  'text-reader': ['ppocr-v5-latin'],
  'text-embedding': ['multilingual-e5-small'],
  captioner: ['florence-2-base-ft'],
  'face-detector': ['yunet'],
  'face-embedder': ['sface'],
} as const;

/** What serves where none recommended can be had and the cards are here, best first. */
const PRESENT = {
  'image-text': [],
  detector: ['yolox-m', 'dfine-n', 'yolox-tiny', 'yolox-nano'],
  'zero-shot-detector': [],
  'text-reader': ['ppocr-v5-en', 'ppocr-v5-chinese'],
  'text-embedding': ['all-minilm-l6-v2'],
  captioner: [],
  'face-detector': [],
  'face-embedder': [],
} as const;

/** What would help where there is none: a model to pull, and how a folder of one's own looks. */
const HELP = {
  'image-text': { pull: 'clip-vit-base-patch32', folder: '<folder>/clip-vit-base-patch32/config.json' },
  'zero-shot-detector': { pull: 'grounding-dino-tiny', folder: '<folder>/grounding-dino-tiny/config.json' },
  detector: { pull: 'yolox-tiny', folder: '<folder>/yolox-nano/yolox_nano.onnx' },
  'text-reader': { pull: 'ppocr-v5-latin', folder: '<folder>/ppocr/ with its …det….onnx, …rec….onnx and …dict….txt' },
  'text-embedding': { pull: 'all-minilm-l6-v2', folder: '<folder>/all-minilm-l6-v2/onnx/model_quantized.onnx' },
  captioner: { pull: 'florence-2-base-ft', folder: '<folder>/florence-2-base-ft/config.json' },
  'face-detector': { pull: 'yunet', folder: '<folder>/yunet/face_detection_yunet_2023mar.onnx' },
  'face-embedder': { pull: 'sface', folder: '<folder>/sface/face_recognition_sface_2021dec.onnx' },
} as const;

/** An answer is believed for so long. */
const REMEMBER_MS = 5 * 60_000;

/** Whether a source answers, asked once in five minutes. */
export interface Prober {
  answers(url: string, token?: string): Promise<boolean>;
}

export function makeProber({ probeMs }: World): Prober {
  const known = new Map<string, { readonly until: number; readonly answer: Promise<boolean> }>();
  const ask = async (url: string, token: string | undefined): Promise<boolean> => {
    try {
      const signal = AbortSignal.timeout(probeMs);
      const { response } = await askHub(url, { method: 'HEAD', token, signal });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  };
  return {
    answers: (url, token) => {
      const entry = known.get(url);
      if (entry !== undefined && entry.until > performance.now()) return entry.answer;
      const answer = ask(url, token);
      known.set(url, { until: performance.now() + REMEMBER_MS, answer });
      return answer;
    },
  };
}

/** True where every file that loading needs is here. */
export async function isComplete(located: LocatedModel): Promise<boolean> {
  for (const file of neededFiles(located)) if (!(await located.files.has(file))) return false;
  return true;
}

/** The model that `auto` stands for, and the sentence for the user. Throws `ModelUnavailableError` where there is none. */
export async function chooseModel(
  kind: Kind,
  world: World,
  prober: Prober,
): Promise<{ located: LocatedModel; note: string }> {
  const located = (name: string): Promise<LocatedModel | undefined> => findCard(kind, name, world);
  const recommended = await Promise.all(RECOMMENDED[kind].map(located));
  for (const model of recommended)
    if (model !== undefined && (await isComplete(model))) return chosen(model, 'it is here');
  const reachable = await Promise.all(recommended.map((model) => canBeFetched(model, world, prober)));
  for (const [index, model] of recommended.entries()) {
    if (model !== undefined && reachable[index] === true) return chosen(model, 'it is fetched on first use');
  }
  for (const model of await Promise.all(PRESENT[kind].map(located))) {
    if (model !== undefined && (await isComplete(model))) return chosen(model, fallback(kind));
  }
  return shippedOrNothing(kind, world);
}

async function findCard(kind: Kind, name: string, world: World): Promise<LocatedModel | undefined> {
  const card = world.cards.find((candidate) => candidate.name === name && candidate.kind === kind);
  return card === undefined ? undefined : locateCard(card, 'fp32', world);
}

async function canBeFetched(model: LocatedModel | undefined, world: World, prober: Prober): Promise<boolean> {
  const source = model?.card?.source;
  const first = model?.card?.files[0];
  if (world.options.offline === true || model?.files.origin !== 'cache') return false;
  if (source === undefined || source.kind === 'shipped' || first === undefined) return false;
  return prober.answers(
    remoteUrl(source, first.path, world.options),
    source.kind === 'hub' ? world.options.token : undefined,
  );
}

async function shippedOrNothing(kind: Kind, world: World): Promise<{ located: LocatedModel; note: string }> {
  const shipped = world.cards.find(({ source, ...card }) => source.kind === 'shipped' && card.kind === kind);
  if (shipped !== undefined) return chosen(await locateCard(shipped, 'fp32', world), fallback(kind));
  const [best] = RECOMMENDED[kind];
  throw new ModelUnavailableError(
    'auto',
    `there is no ${kind} model here and neither the hub nor the release page of ${best} and its kin answers. ` +
      `With a connection, run "fovea models pull ${HELP[kind].pull}"; without, put a model below a folder of FOVEA_MODELS, ` +
      `for example ${HELP[kind].folder}`,
  );
}

function fallback(kind: Kind): string {
  return `${RECOMMENDED[kind][0]} is recommended, but isn't here and no hub answers`;
}

function chosen(located: LocatedModel, why: string): { located: LocatedModel; note: string } {
  const summary = located.card?.summary ?? '';
  return {
    located,
    note: `"auto" uses ${located.model} (${why}): ${summary}. To change, name another model ("fovea models list")`,
  };
}
