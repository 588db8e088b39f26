/**
 * Contents on their way in. Every graph of a namespace sees every content, so the graph of the address must be there and
 * decides nothing. What a client says about the type of bytes is held against the bytes, and noted where it is wrong.
 *
 * @module
 */
import { z } from 'zod';
import { type AddedContent, AddUrlRequest, Labels, parseInput } from '../../contract/index.ts';
import type { FormOptions } from '../form.ts';
import { createGate } from '../gate.ts';
import type { Services } from '../services.ts';
import { upload } from '../upload.ts';
import { MalformedRequestError } from './errors.ts';
import { findContent, findGraphs } from './find.ts';
import { shownIds } from './ids.ts';
import { type DialectCall, type DialectRouter, readFields } from './router.ts';
import { dialect } from './routes.ts';

const OptionalLabels = Labels.nullish().transform((labels) => labels ?? {});

const RemoteBody = z.object({
  url: z.string(),
  mime_type: z.string().nullish(),
  labels: OptionalLabels,
  id: z.string().nullish(),
  extraction_graph_names: z.array(z.string()).nullish(),
});

const TextsBody = z.object({
  documents: z.array(z.unknown()).min(1).max(1000),
  extraction_graph_names: z.array(z.string()).nullish(),
  sync: z.unknown().optional(),
});

const TextBody = z.object({
  text: z.string(),
  labels: OptionalLabels,
  metadata: z.unknown().optional(),
  id: z.string().nullish(),
});

/** Contents that are named in a body. */
export const ContentIds = z.object({ content_ids: z.array(z.string()).min(1).max(1000) });

const DOCUMENT = 'document.txt';
const TEXT_TYPE = 'text/plain';

export function ingestRoutes(router: DialectRouter, services: Services): void {
  const { maxUploadBytes, limits } = router.settings;
  const uploads = createGate('another upload', limits.uploads, 4 * limits.uploads);

  const uploadTo = async (call: DialectCall, graphs: readonly string[]) => {
    await findGraphs(services, call.namespace, graphs);
    const id = call.query.get('id') ?? '';
    let labels: Labels | Promise<Labels> = {};
    const added = await uploads.enter(() =>
      upload(
        call.request,
        id === '' ? {} : { id },
        maxUploadBytes,
        (given) => {
          labels = given.labels;
          return services.upload(call.namespace, given);
        },
        formOptions(call, 'add a content'),
      ),
    );
    const declared = (await labels)['mime_type'];
    return reply(services, call, added, typeof declared === 'string' ? declared : undefined);
  };
  router.on(dialect.upload, (call) => uploadTo(call, graphNames(call.param('graph'))));
  router.on(dialect.uploadToNamespace, (call) => uploadTo(call, []));

  const addRemote = async (call: DialectCall, graph: readonly string[]) => {
    const body = await call.body(RemoteBody, 'add a file of the web');
    await findGraphs(services, call.namespace, [...graph, ...(body.extraction_graph_names ?? [])]);
    const { url, labels } = body;
    const request = parseInput(AddUrlRequest, { url, labels }, `add "${url.slice(0, 200)}"`);
    const { signal } = call.request;
    const added = await uploads.enter(() =>
      services.addUrl(
        call.namespace,
        { ...request, givenId: body.id === null || body.id === '' ? undefined : body.id },
        { maxBytes: maxUploadBytes, signal },
      ),
    );
    return reply(services, call, added, body.mime_type ?? undefined);
  };
  router.on(dialect.ingestRemote, (call) => addRemote(call, []));
  router.on(dialect.extractRemote, (call) => addRemote(call, graphNames(call.param('graph'))));

  router.on(dialect.addTexts, async (call) => {
    const { documents, extraction_graph_names: graphs } = await call.body(TextsBody, 'add texts');
    await findGraphs(services, call.namespace, graphs ?? []);
    const texts = documents.map((document) => readFields(TextBody, document, 'add a text', call.warn));
    const ids: string[] = [];
    for (const text of texts) ids.push((await addText(services, call, text)).content_id);
    return { content_ids: ids };
  });

  router.on(dialect.extractAgain, async (call) => {
    const { content_ids: ids } = await call.body(ContentIds, 'run a graph over contents');
    await findGraphs(services, call.namespace, graphNames(call.param('graph')));
    const contents = await Promise.all(ids.map((id) => findContent(services, call.namespace, id)));
    const { retried } = await services.retry(
      call.namespace,
      contents.map(({ contentId }) => contentId),
    );
    call.warn(`Every graph takes every content by itself; of these, ${retried} failed tasks are tried again`);
  });
}

/** `getindexify` 0.0.75 sends several graphs as `a,b`. */
function graphNames(text: string): string[] {
  return text.split(',').filter((name) => name !== '');
}

/** What a form of these clients may hold beside its labels and its file. */
export function formOptions(call: DialectCall, action: string): FormOptions {
  return {
    onOtherField(name, value) {
      if (name !== 'file') {
        call.warn(`The form's field "${name.slice(0, 100)}" is not known here and was ignored`);
        return;
      }
      throw new MalformedRequestError(
        `Cannot ${action}: the form's field "file" is the text "${value.slice(0, 40)}", not a file; getindexify's updateContent sends that from Node, and a form with a file name sends the file`,
      );
    },
  };
}

async function addText(services: Services, call: DialectCall, { text, labels, id }: z.output<typeof TextBody>) {
  const added = await services.upload(call.namespace, {
    name: DOCUMENT,
    labels: { ...labels, mime_type: TEXT_TYPE },
    body: new Blob([text]).stream(),
    ...(id === null || id === undefined || id === '' ? {} : { givenId: id }),
  });
  return reply(services, call, added, TEXT_TYPE);
}

/** The id as it is shown, with notes on what was added. */
async function reply(
  services: Services,
  call: DialectCall,
  { contentId, notes }: AddedContent,
  declared: string | undefined,
): Promise<{ content_id: string }> {
  const { namespace } = call;
  const show = await shownIds(services, namespace, [contentId]);
  notes.forEach(call.warn);
  const { mimeType, name } = await services.getContent(namespace, contentId);
  if (!mimeType.startsWith('image/')) {
    call.warn(
      `"${name}" is stored, and nothing will be extracted from it: it is no picture, and no extractor reads other things yet`,
    );
  } else if (declared !== undefined && declared !== mimeType) {
    call.warn(`"${name}" was declared ${declared}; its bytes are ${mimeType}, which counts`);
  }
  return { content_id: show(contentId) };
}
