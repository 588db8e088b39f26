/**
 * Tasks and progress.
 *
 * @module
 */
import { api } from '../contract/index.ts';
import type { Router } from './router.ts';
import type { Services } from './services.ts';

export function taskRoutes(router: Router, services: Services): void {
  router.json(api.status, ({ params }) => services.status(params.namespace));
  router.json(api.listTasks, ({ params, query }) => services.listTasks(params.namespace, query));
  router.json(api.retry, ({ params, body }) => services.retry(params.namespace, body.contentIds));
}
