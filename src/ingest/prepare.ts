/**
 * From a claim to items that extractors can run: bytes are read once a content, decoded once where that is cheaper
 * (`image/plan.ts`), and cut to what each policy asked for.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type {
  ClaimReply,
  PictureResult,
  TaskError,
  WorkContent,
  WorkInHand,
  WorkerPolicy,
  WorkTask,
  WorkerTransport,
} from '../contract/index.ts';
import { FoveaError, UnreadableImageError, UnreadableVideoError } from '../contract/index.ts';
import { textItem } from '../extractor/index.ts';
import type { ExtractorItem } from '../extractor/types.ts';
import {
  encodeThumbnail,
  MAX_PIXELS,
  openPicture,
  regionSize,
  renderAll,
  renderRegions,
  thumbnail as makeThumbnail,
  thumbnailRequest,
} from '../image/index.ts';
import type { Picture, Pixels, ResizeRequest } from '../image/index.ts';
import { BytesChangedError } from '../sources/index.ts';
import { ffmpegPrograms, findFfmpeg, posterOf, probeVideo } from '../video/index.ts';
import type { FfmpegPrograms } from '../video/index.ts';
import { createByteBudget } from './byte-budget.ts';
import type { PolicyCache, ReadyPolicy } from './policy-cache.ts';
import { openWorkFile } from './work-file.ts';

/** What an extractor gets, and the row it is to become where it is a region. */
export interface PreparedItem extends ExtractorItem {
  readonly contentId: string;
  readonly ord: number | undefined;
}

/** One task with its items, or with the reason why it has none. */
export interface PreparedTask {
  readonly task: WorkTask;
  readonly items: readonly PreparedItem[];
  readonly error?: TaskError;
}

export interface PreparedContent {
  readonly content: WorkContent;
  readonly picture?: PictureResult;
  readonly tasks: readonly PreparedTask[];
  /** Removes what was made for it. */
  readonly done?: () => Promise<void>;
}

export interface PreparedBatch {
  readonly token: string;
  readonly alone: boolean;
  readonly leaseMs: number;
  readonly policies: ReadonlyMap<string, ReadyPolicy>;
  readonly refused: readonly { readonly policyId: number; readonly version: number; readonly error: TaskError }[];
  readonly contents: readonly PreparedContent[];
}

export const policyKey = (policy: { readonly policyId: number; readonly version: number }): string =>
  `${policy.policyId}.${policy.version}`;

/**
 * Runs a piece of work while others know of it: what is in hand when the process ends is to blame. `alive` tells them that it
 * gets on.
 */
export type Watch = <T>(
  work: WorkInHand & { readonly token: string },
  run: (alive: () => void) => Promise<T>,
) => Promise<T>;

/** Pictures decoded at a time; sharp works on libuv's threads while the JavaScript thread infers. */
const DECODES = 4;
/** Of a decoded picture: some formats can only be decoded whole, with four channels. */
const BYTES_A_PIXEL = 4;
/** What these decodes may hold at once: the largest picture that is taken, or four of 25 megapixels. */
const decoding = createByteBudget(MAX_PIXELS * BYTES_A_PIXEL);

/** Loads what the claim needs and decodes its contents. Never throws for one content or one policy. */
export async function prepareBatch(
  claim: ClaimReply,
  cache: PolicyCache,
  transport: WorkerTransport,
  watch: Watch,
  programs: FfmpegPrograms = ffmpegPrograms(),
): Promise<PreparedBatch> {
  const policies = new Map<string, ReadyPolicy>();
  const refused: { policyId: number; version: number; error: TaskError }[] = [];
  for (const policy of claim.policies) {
    try {
      policies.set(policyKey(policy), await cache.get(policy));
    } catch (error) {
      refused.push({ policyId: policy.policyId, version: policy.version, error: refusal(policy, error) });
    }
  }
  const contents: PreparedContent[] = [];
  const queue = [...claim.contents];
  const work = async (): Promise<void> => {
    for (let content = queue.shift(); content !== undefined; content = queue.shift()) {
      const { contentId } = content;
      const prepare = (): Promise<PreparedContent> => prepareContent(content, policies, transport, programs);
      contents.push(await watch({ token: claim.token, contentIds: [contentId] }, prepare));
    }
  };
  await Promise.all(Array.from({ length: DECODES }, work));
  const { token, alone = false, leaseMs } = claim;
  return { token, alone, leaseMs, policies, refused, contents };
}

async function prepareContent(
  content: WorkContent,
  policies: ReadonlyMap<string, ReadyPolicy>,
  transport: WorkerTransport,
  programs: FfmpegPrograms,
): Promise<PreparedContent> {
  const ours = content.tasks.filter((task) => policies.has(policyKey(task)));
  const ofTexts = ours.filter(({ texts }) => texts !== undefined).map((task) => textTask(content, task));
  const tasks = ours.filter(({ texts }) => texts === undefined);
  // Texts need no bytes, which may have gone since they were made.
  if (tasks.length === 0 && !content.picture) return { content, tasks: ofTexts };
  const prepared = await prepareBytes(content, tasks, policies, transport, programs);
  return { ...prepared, tasks: [...prepared.tasks, ...ofTexts] };
}

async function prepareBytes(
  content: WorkContent,
  tasks: readonly WorkTask[],
  policies: ReadonlyMap<string, ReadyPolicy>,
  transport: WorkerTransport,
  programs: FfmpegPrograms,
): Promise<PreparedContent> {
  const isVideo = content.mimeType.startsWith('video/');
  const takesFile = (task: WorkTask): boolean => {
    const pixels = policies.get(policyKey(task))?.pixels;
    return pixels?.resize === 'none' && pixels.file === true;
  };
  if (!isVideo && !tasks.some(takesFile)) return preparePicture(content, tasks, policies, transport);
  const ofFile = isVideo ? tasks : tasks.filter(takesFile);
  const rest = isVideo ? [] : tasks.filter((task) => !takesFile(task));
  const [file, picture] = await Promise.all([
    prepareFile(content, ofFile, transport, isVideo ? programs : undefined),
    isVideo ? undefined : preparePicture(content, rest, policies, transport),
  ]);
  return {
    ...file,
    ...picture,
    ...(file.done && { done: file.done }),
    tasks: [...file.tasks, ...(picture?.tasks ?? [])],
  };
}

/** @param programs Where the content is a video: what its picture is made with. */
async function prepareFile(
  content: WorkContent,
  tasks: readonly WorkTask[],
  transport: WorkerTransport,
  programs: FfmpegPrograms | undefined,
): Promise<PreparedContent> {
  const { contentId, mimeType } = content;
  try {
    const { path, done } = await openWorkFile(content, transport);
    const original = { width: 0, height: 0 };
    const item = { id: contentId, contentId, pixels: undefined, bytes: new Uint8Array(), path, mimeType, original };
    const poster = content.picture && programs !== undefined ? { picture: await videoPicture(programs, item) } : {};
    return { content, ...poster, done, tasks: tasks.map((task) => ({ task, items: [{ ...item, ord: undefined }] })) };
  } catch (error) {
    return failedContent(content, tasks, error, programs !== undefined);
  }
}

/** A video without a picture may have frames nevertheless: its policies say so themselves. */
async function videoPicture(
  programs: FfmpegPrograms,
  file: { readonly path: string; readonly mimeType: string },
): Promise<PictureResult> {
  try {
    const ffmpeg = await findFfmpeg(programs);
    const { width, height, frames } = await probeVideo(ffmpeg, file);
    const thumbnail = await makeThumbnail(await openPicture(await posterOf(ffmpeg, file)), 320);
    return { width, height, ...(frames === null ? {} : { frames }), thumbnail };
  } catch (error) {
    return { error: taskError(error) };
  }
}

async function preparePicture(
  content: WorkContent,
  tasks: readonly WorkTask[],
  policies: ReadonlyMap<string, ReadyPolicy>,
  transport: WorkerTransport,
): Promise<PreparedContent> {
  try {
    const bytes = await readBytes(content, transport);
    const needsPicture =
      content.picture || tasks.some((task) => policies.get(policyKey(task))?.pixels.resize !== 'none');
    if (!needsPicture) {
      return { content, tasks: tasks.map((task) => ({ task, items: [bytesItem(content, bytes)] })) };
    }
    const picture = await openPicture(bytes);
    const weight = picture.width * picture.height * BYTES_A_PIXEL;
    return await decoding.run(weight, () => renderContent(content, picture, tasks, policies));
  } catch (error) {
    return failedContent(content, tasks, error, true);
  }
}

/** @param hasPicture Whether the task of its picture failed too. */
function failedContent(
  content: WorkContent,
  tasks: readonly WorkTask[],
  error: unknown,
  hasPicture: boolean,
): PreparedContent {
  const failure = taskError(error);
  return {
    content,
    ...(content.picture && hasPicture ? { picture: { error: failure } } : {}),
    tasks: tasks.map((task) => ({ task, items: [], error: failure })),
  };
}

/** One decode serves the thumbnail and every policy that takes the whole picture. */
async function renderContent(
  content: WorkContent,
  picture: Picture,
  tasks: readonly WorkTask[],
  policies: ReadonlyMap<string, ReadyPolicy>,
): Promise<PreparedContent> {
  const requestOf = (task: WorkTask): ResizeRequest | undefined => {
    const request = policies.get(policyKey(task))?.pixels;
    return request === undefined || request.resize === 'none' ? undefined : request;
  };
  const whole = tasks.flatMap((task) => {
    const request = task.regions === undefined ? requestOf(task) : undefined;
    return request === undefined ? [] : [{ task, request }];
  });
  const requests = whole.map(({ request }) => request);
  const rendered = await renderAll(picture, content.picture ? [...requests, thumbnailRequest()] : requests);
  const small = content.picture ? rendered.at(-1) : undefined;
  const pixelsOf = new Map(whole.map(({ task }, place) => [task, rendered[place]]));
  const prepared: PreparedTask[] = [];
  for (const task of tasks) {
    const request = requestOf(task);
    if (task.regions !== undefined && request !== undefined)
      prepared.push(await regionTask(content, picture, task, request));
    else prepared.push({ task, items: [wholeItem(content, picture, pixelsOf.get(task))] });
  }
  const { width, height, frames } = picture;
  return {
    content,
    ...(small === undefined ? {} : { picture: { width, height, frames, thumbnail: await encodeThumbnail(small) } }),
    tasks: prepared,
  };
}

async function regionTask(
  content: WorkContent,
  picture: Picture,
  task: WorkTask,
  request: ResizeRequest,
): Promise<PreparedTask> {
  const regions = task.regions ?? [];
  const boxes = regions.map(({ box: [xmin, ymin, xmax, ymax] }) => ({ xmin, ymin, xmax, ymax }));
  const rendered = await renderRegions(picture, boxes, request);
  const items = regions.map(({ ord }, place) => ({
    ...wholeItem(content, picture, rendered[place]),
    id: `${content.contentId}#${ord}`,
    original: regionSize(picture, boxes[place] ?? { xmin: 0, ymin: 0, xmax: 0, ymax: 0 }),
    ord,
  }));
  return { task, items };
}

function textTask({ contentId }: WorkContent, task: WorkTask): PreparedTask {
  const items = (task.texts ?? []).map(({ ord, text }) => ({
    id: `${contentId}#${ord}`,
    contentId,
    ord,
    ...textItem(text),
  }));
  return { task, items };
}

function wholeItem(content: WorkContent, picture: Picture, pixels: Pixels | undefined): PreparedItem {
  const { bytes, width, height } = picture;
  return {
    id: content.contentId,
    contentId: content.contentId,
    pixels,
    bytes,
    mimeType: content.mimeType,
    original: { width, height },
    ord: undefined,
  };
}

function bytesItem(content: WorkContent, bytes: Uint8Array): PreparedItem {
  const original = { width: 0, height: 0 };
  const { contentId, mimeType } = content;
  return { id: contentId, contentId, pixels: undefined, bytes, mimeType, original, ord: undefined };
}

/**
 * Bytes of a content: from its file where the worker shares the server's machine, else through the transport. Hashing them
 * (1.7 GB/s) is what tells an edit that kept the size.
 */
async function readBytes(content: WorkContent, transport: WorkerTransport): Promise<Uint8Array> {
  const bytes =
    content.path === undefined
      ? await transport.bytes(content.namespace, content.contentId)
      : await readFile(content.path);
  if (createHash('sha256').update(bytes).digest('hex') !== content.sha256) {
    throw new BytesChangedError(content.path ?? content.contentId, content.sizeBytes, bytes.length);
  }
  return bytes;
}

function refusal(policy: WorkerPolicy, error: unknown): TaskError {
  const failure = taskError(error);
  return { ...failure, message: failure.message || `Cannot run extractor "${policy.extractor}"` };
}

/** An error as it is stored with a task. Unreadable pictures stay unreadable; what the system did may pass. */
export function taskError(error: unknown): TaskError {
  if (error instanceof UnreadableImageError || error instanceof UnreadableVideoError)
    return { code: error.code, message: error.message, retriable: false };
  if (error instanceof FoveaError) {
    const permanent = ['invalid_input', 'limit', 'not_found', 'bytes_changed', 'extractor_output'].includes(error.code);
    return { code: error.code, message: error.message, retriable: !permanent };
  }
  if (isSystemError(error))
    // Also of a file that is gone: one that was moved may be known by its new name the next time.
    return { code: error.code.toLowerCase(), message: systemMessage(error), retriable: true };
  return { code: 'extractor_failed', message: error instanceof Error ? error.message : String(error), retriable: true };
}

function systemMessage(error: NodeJS.ErrnoException): string {
  const path = error.path === undefined ? 'the file' : `"${error.path}"`;
  if (error.code === 'ENOENT')
    return `Cannot read ${path}: the file is not there any more; add its folder again if it was moved`;
  if (error.code === 'EACCES' || error.code === 'EPERM')
    return `Cannot read ${path}: Fovea has no permission to read it`;
  return `Cannot read ${path}: ${error.message}`;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error;
}
