/**
 * Other bytes for a content: a new version under the same id.
 *
 * @module
 */
import { createGate } from '../gate.ts';
import type { Services } from '../services.ts';
import { upload } from '../upload.ts';
import { findContent } from './find.ts';
import { formOptions } from './ingest.ts';
import type { DialectRouter } from './router.ts';
import { dialect } from './routes.ts';

export function updateRoutes(router: DialectRouter, services: Services): void {
  const { maxUploadBytes, limits } = router.settings;
  const uploads = createGate('another upload', limits.uploads, 4 * limits.uploads);
  router.on(dialect.updateContent, async (call) => {
    const { namespace, request } = call;
    const { contentId } = await findContent(services, namespace, call.param('contentId'));
    const options = formOptions(call, 'update a content');
    await uploads.enter(() =>
      upload(request, {}, maxUploadBytes, (given) => services.updateContent(namespace, contentId, given), options),
    );
  });
}
