/**
 * Backup and restore of everything that the server holds.
 *
 * @module
 */
import { api } from '../contract/index.ts';
import type { Router } from './router.ts';
import type { Services } from './services.ts';

export function backupRoutes(router: Router, services: Services): void {
  router.file(api.backup, async ({ request }) => {
    const headers = {
      'Content-Type': 'application/x-tar',
      'Content-Disposition': `attachment; filename="fovea-${new Date().toISOString().slice(0, 10)}.tar"`,
      'X-Accel-Buffering': 'no',
    };
    // Hono answers HEAD through GET and drops the body, which would leave the snapshot open.
    return new Response(request.method === 'HEAD' ? null : await services.backup(), { headers });
  });
  router.lines(api.restore, ({ body }) => services.restore(body.path));
}
