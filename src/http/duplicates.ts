/**
 * Duplicates and similar pictures.
 *
 * @module
 */
import { api } from '../contract/index.ts';
import type { Router } from './router.ts';
import type { Services } from './services.ts';

export function duplicateRoutes(router: Router, services: Services): void {
  router.lines(api.duplicates, ({ params, query }, gone) => services.duplicates(params.namespace, query, gone));
  router.json(api.similar, ({ params, query }) => services.similar(params.namespace, params.contentId, query));
}
