/**
 * The server itself: health, extractors, models.
 *
 * @module
 */
import { api } from '../contract/index.ts';
import type { Router } from './router.ts';
import type { Services } from './services.ts';

export function systemRoutes(router: Router, services: Services): void {
  router.json(api.health, () => services.health());
  router.json(api.listExtractors, () => services.listExtractors());
  router.json(api.listModels, () => services.listModels());
  router.lines(api.pullModel, ({ body }) => services.pullModel(body.model));
}
