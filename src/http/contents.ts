/**
 * Contents: list, add, label, delete, and their bytes.
 *
 * @module
 */
import { api } from '../contract/index.ts';
import { fileReply } from './file.ts';
import { createGate } from './gate.ts';
import type { Router } from './router.ts';
import type { Services, Upload } from './services.ts';
import { upload } from './upload.ts';

export function contentRoutes(router: Router, services: Services): void {
  router.json(api.listContents, ({ params, query }) => services.listContents(params.namespace, query));
  router.json(api.getContent, ({ params }) => services.getContent(params.namespace, params.contentId));
  router.json(api.getFeatures, ({ params }) => services.getFeatures(params.namespace, params.contentId));
  router.nothing(api.setLabels, ({ params, body }) => services.setLabels(params.namespace, body));
  router.json(api.deleteContents, ({ params, body: { contentIds, dryRun } }) =>
    services.deleteContents(params.namespace, contentIds, { dryRun }),
  );
  router.lines(api.addPath, ({ params, body }) => services.addPath(params.namespace, body));
  const { maxUploadBytes, limits } = router.settings;
  const uploads = createGate('another upload', limits.uploads, 4 * limits.uploads);
  router.json(api.upload, ({ params, query, request }) =>
    uploads.enter(() => upload(request, query, maxUploadBytes, (given) => services.upload(params.namespace, given))),
  );
  router.json(api.addUrl, ({ params, body, request: { signal } }) =>
    uploads.enter(() => {
      const { id, ...rest } = body;
      return services.addUrl(params.namespace, { ...rest, givenId: id }, { maxBytes: maxUploadBytes, signal });
    }),
  );
  router.json(api.updateContent, ({ params: { namespace, contentId }, query, request }) =>
    uploads.enter(async () => {
      const { name } = await services.getContent(namespace, contentId);
      const store = (given: Upload) => services.updateContent(namespace, contentId, given);
      return upload(request, { ...query, otherwiseNamed: name }, maxUploadBytes, store);
    }),
  );
  router.json(api.waitForContent, ({ params, query: { timeoutMs }, request: { signal } }) =>
    services.waitForContent(params.namespace, params.contentId, { timeoutMs, signal }),
  );
  router.events(api.newContent, ({ params: { namespace, graph, policy }, query }, signal) =>
    withType(services.newContent(namespace, graph, policy, query.offset, signal)),
  );
  router.file(api.original, async ({ params, query, request }) => {
    const file = await services.original(params.namespace, params.contentId);
    return fileReply(request, file, { v: query.v, download: query.download === 'true' });
  });
  router.file(api.thumbnail, async ({ params, query, request }) => {
    const file = await services.thumbnail(params.namespace, params.contentId, query.side);
    return fileReply(request, file, { v: query.v, download: query.download === 'true' });
  });
}

async function* withType<T>(values: AsyncIterable<T>): AsyncGenerator<T & { readonly type: 'content' }> {
  for await (const value of values) yield { type: 'content', ...value };
}
