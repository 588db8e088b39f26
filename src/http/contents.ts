/**
 * Contents: list, add, label, delete, and their bytes.
 *
 * @module
 */
import { api } from '../contract/index.ts';
import { fileReply } from './file.ts';
import { createGate } from './gate.ts';
import type { Router } from './router.ts';
import type { Services } from './services.ts';
import { upload } from './upload.ts';

export function contentRoutes(router: Router, services: Services): void {
  router.json(api.listContents, ({ params, query }) => services.listContents(params.namespace, query));
  router.json(api.getContent, ({ params }) => services.getContent(params.namespace, params.contentId));
  router.json(api.getFeatures, ({ params }) => services.getFeatures(params.namespace, params.contentId));
  router.nothing(api.setLabels, ({ params, body }) => services.setLabels(params.namespace, body));
  router.json(api.deleteContents, ({ params, body }) => services.deleteContents(params.namespace, body.contentIds));
  router.lines(api.addPath, ({ params, body }) => services.addPath(params.namespace, body));
  const { maxUploadBytes, limits } = router.settings;
  const uploads = createGate('another upload', limits.uploads, 4 * limits.uploads);
  router.json(api.upload, ({ params, query, request }) =>
    uploads.enter(() => upload(request, query, maxUploadBytes, (given) => services.upload(params.namespace, given))),
  );
  router.json(api.addUrl, ({ params, body, request: { signal } }) =>
    uploads.enter(() => services.addUrl(params.namespace, body, { maxBytes: maxUploadBytes, signal })),
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
