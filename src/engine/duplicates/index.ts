/**
 * The use cases `duplicates` and `similar` of an engine.
 *
 * @module
 */
import { decodeBase64, InvalidInputError, SearchRequest } from '../../contract/index.ts';
import type {
  BoundingBox,
  Duplicates,
  DuplicatesProgress,
  PictureGroup,
  SimilarPictures,
} from '../../contract/index.ts';
import type { Services } from '../../http/index.ts';
import { search } from '../../retrieval/index.ts';
import { createTurns } from '../../sources/index.ts';
import type { HashedPicture, PolicyRecord } from '../../store/index.ts';
import { greyPictures, hashedPictures, hydrate, sameBytes, versionOf } from '../../store/index.ts';
import { requireContent } from '../content-services.ts';
import type { EngineContext } from '../context.ts';
import { followWork } from '../follow-work.ts';
import { requireNamespace } from '../namespaces.ts';
import { findCopies, likenessOf } from './find-copies.ts';
import type { FoundCopies, FoundCopy } from './find-copies.ts';

/** A window that shows less than this share of a picture is a crop, and no error of the alignment. */
const CROPPED = 0.985;

export function duplicateServices(context: EngineContext): Pick<Services, 'duplicates' | 'similar'> {
  // Comparing takes memory and a thread: one namespace at a time.
  const turns = createTurns();
  return {
    async *duplicates(namespace, { kind, limit }, signal) {
      await requireNamespace(context, namespace);
      const policy = kind === 'same-bytes' ? undefined : await hashingPolicy(context, namespace);
      const bytes = kind === 'similar-pictures' ? undefined : await sameBytes(context.database, namespace, limit);
      const progress: Progress = { seen: 0, pictures: null };
      const told = (): DuplicatesProgress => ({ ...progress, finished: false });
      yield told();
      let pictures: ComparedPictures | undefined;
      if (policy !== undefined) {
        const work = turns.take('compare', async () => {
          // Whoever asked may have gone while it waited for its turn.
          signal.throwIfAborted();
          return similarPictures(context, namespace, { policy, limit, progress, signal });
        });
        pictures = yield* followWork(work, told);
      }
      const found = {
        ...(bytes === undefined ? {} : { sameBytes: byteGroups(bytes) }),
        ...(pictures === undefined ? {} : { similarPictures: pictures.found }),
        notes: [...(pictures?.notes ?? [])],
      };
      yield { ...progress, finished: true, found };
    },
    async similar(namespace, contentId, { index, limit }) {
      await requireContent(context, namespace, contentId);
      return similar(context, namespace, contentId, { index, limit });
    },
  };
}

function byteGroups({ groups, ...totals }: Awaited<ReturnType<typeof sameBytes>>): Duplicates['sameBytes'] {
  return {
    ...totals,
    groups: groups.flatMap(({ places: [keep, ...copies], ...bytes }) =>
      keep === undefined ? [] : [{ ...bytes, keep, copies }],
    ),
  };
}

interface Progress {
  seen: number;
  pictures: number | null;
}

interface ComparedPictures {
  readonly found: NonNullable<Duplicates['similarPictures']>;
  readonly notes: readonly string[];
}

interface CompareOptions {
  /** Whose hashes are compared. */
  readonly policy: PolicyRecord;
  readonly limit: number;
  /** Kept up to date. */
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

async function similarPictures(
  context: EngineContext,
  namespace: string,
  { policy, limit, progress, signal }: CompareOptions,
): Promise<ComparedPictures> {
  const { database } = context;
  const pictures = await hashedPictures(database, namespace, versionOf(policy));
  progress.pictures = pictures.length;
  const greys = greyReader(context, namespace, policy);
  const onProgress = (seen: number): void => {
    progress.seen = seen;
  };
  const { groups, flat } = await findCopies({ greys, onProgress, signal }, pictures);
  const shown = groups.toSorted((a, b) => b.copies.length - a.copies.length).slice(0, limit);
  const copies = groups.flatMap((group) => group.copies);
  const { contents } = await context.statistics.contents(namespace);
  return {
    found: {
      groups: await describeGroups(context, namespace, shown),
      total: groups.length,
      copies: copies.length,
      copiedBytes: copies.reduce((sum, { picture }) => sum + picture.sizeBytes, 0),
      compared: pictures.length - flat,
    },
    notes: notesOn({ hashed: pictures.length, contents, flat }),
  };
}

function notesOn({ hashed, contents, flat }: { hashed: number; contents: number; flat: number }): string[] {
  return [
    ...(hashed < contents ? [`${hashed} of ${contents} contents are hashed so far; see "fovea status"`] : []),
    ...(flat > 0 ? [`${flat} pictures were not compared: they are of one colour, or nearly`] : []),
  ];
}

/** The policy by whose hashes pictures are compared: the first that keeps small grey pictures. */
async function hashingPolicy(context: EngineContext, namespace: string): Promise<PolicyRecord> {
  const hashing = await hashingPolicies(context, namespace);
  const policy = hashing.find(keepsGrey);
  if (policy !== undefined) return policy;
  const [other] = hashing;
  const wanted = '"{ name: phash, extractor: image/phash, input_params: { grey: true } }"';
  throw new InvalidInputError(
    other === undefined
      ? `Cannot look for similar pictures: namespace "${namespace}" has no policy with extractor "image/phash", whose hashes are compared; add ${wanted} to a graph and apply it`
      : `Cannot look for similar pictures: policy "${other.graph}.${other.name}" keeps hashes, but no small grey pictures to make sure by; apply its graph with ${wanted}`,
  );
}

async function hashingPolicies(context: EngineContext, namespace: string): Promise<PolicyRecord[]> {
  return (await context.policies(namespace)).filter(
    ({ state, extractor, contentSource }) =>
      state === 'active' && extractor === 'image/phash' && contentSource === undefined,
  );
}

function keepsGrey({ output }: PolicyRecord): boolean {
  return output.columns.grey !== undefined;
}

function greyReader(
  { database }: EngineContext,
  namespace: string,
  policy: PolicyRecord,
): (contentIds: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>> {
  return async (contentIds) => {
    const texts = await greyPictures(database, namespace, versionOf(policy), contentIds);
    return new Map([...texts].map(([contentId, grey]) => [contentId, decodeBase64(grey)]));
  };
}

/** Names and places of what is shown; what was deleted meanwhile is left out. */
async function describeGroups(
  { database }: EngineContext,
  namespace: string,
  groups: FoundCopies['groups'],
): Promise<PictureGroup[]> {
  const ids = groups.flatMap(({ keep, copies }) => [keep, ...copies.map(({ picture }) => picture)]);
  const hits = await hydrate(
    database,
    namespace,
    ids.map(({ contentId }) => ({ contentId, ord: null })),
  );
  const facts = new Map(hits.map((hit) => [hit.contentId, hit]));
  const describe = ({ contentId, sizeBytes, width, height }: HashedPicture): PictureGroup['keep'] | undefined => {
    const hit = facts.get(contentId);
    if (hit === undefined) return undefined;
    return { contentId, name: hit.name, uri: hit.uri, mimeType: hit.mimeType, width, height, sizeBytes };
  };
  return groups.flatMap((group) => {
    const keep = describe(group.keep);
    const copies = group.copies.flatMap((copy) => {
      const described = describe(copy.picture);
      return described === undefined ? [] : [{ ...described, ...changeOf(group.keep, copy) }];
    });
    return keep === undefined || copies.length === 0 ? [] : [{ keep, copies }];
  });
}

/** What was done to a copy. */
function changeOf(
  keep: HashedPicture,
  { picture, correlation, window, copyIs }: FoundCopy,
): Pick<PictureGroup['copies'][number], 'similarity' | 'change' | 'region'> {
  const similarity = Math.round(correlation * 10_000) / 10_000;
  const { left, top, right, bottom } = window;
  if ((right - left) * (bottom - top) >= CROPPED) {
    const sameSize = picture.width === keep.width && picture.height === keep.height;
    return { similarity, change: sameSize ? 're-encoded' : 'resized', region: null };
  }
  if (copyIs === 'whole') return { similarity, change: 'wider', region: null };
  return { similarity, change: 'cropped', region: regionOf(keep, window) };
}

function regionOf({ width, height }: HashedPicture, window: FoundCopy['window']): BoundingBox | null {
  if (width === null || height === null) return null;
  return {
    xmin: Math.round(window.left * width),
    ymin: Math.round(window.top * height),
    xmax: Math.round(window.right * width),
    ymax: Math.round(window.bottom * height),
  };
}

/** Nearest by embedding, without copies. More are asked for while copies take the places of others. */
async function similar(
  context: EngineContext,
  namespace: string,
  contentId: string,
  { index, limit }: { readonly index?: string | undefined; readonly limit: number },
): Promise<SimilarPictures> {
  const policy = (await hashingPolicies(context, namespace)).find(keepsGrey);
  const greys = policy === undefined ? undefined : greyReader(context, namespace, policy);
  for (let asked = limit; ; asked = Math.min(MAX_ASKED, asked * 2)) {
    const request = SearchRequest.parse({ like: { contentId }, limit: asked, index });
    const { hits, notes } = await search(context.search, namespace, request);
    const known = await greys?.([contentId, ...hits.map((hit) => hit.contentId)]);
    const own = known?.get(contentId);
    const isCopy = (hit: { contentId: string }): boolean => likenessOf(own, known?.get(hit.contentId)) !== undefined;
    const copies = hits.filter(isCopy).map((hit) => hit.contentId);
    const others = hits.filter((hit) => !copies.includes(hit.contentId));
    if (others.length < limit && hits.length === asked && asked < MAX_ASKED) continue;
    return { hits: others.slice(0, limit), copies, notes: [...notes, ...copyNotes(policy, own)] };
  }
}

/** Hits of one search. */
const MAX_ASKED = 1000;

function copyNotes(policy: PolicyRecord | undefined, own: Uint8Array | undefined): string[] {
  if (policy === undefined)
    return ['Copies are among them: no policy with extractor "image/phash" and "grey: true" tells which they are'];
  return own === undefined ? ['Copies are among them: the picture itself is not hashed yet; see "fovea status"'] : [];
}
