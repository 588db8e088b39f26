/**
 * Data sets.
 *
 * @module
 */
import { api } from '../contract/index.ts';
import type { Router } from './router.ts';
import type { Services } from './services.ts';

export function datasetRoutes(router: Router, services: Services): void {
  router.lines(api.loadDataset, ({ params, body }, gone) => services.loadDataset(params.namespace, body, gone));
}
