/**
 * Counts of contents by values.
 *
 * @module
 */
import { api } from '../contract/index.ts';
import type { Router } from './router.ts';
import type { Services } from './services.ts';

export function facetRoutes(router: Router, services: Services): void {
  router.json(api.facets, ({ params, body }) => services.facets(params.namespace, body));
}
