/**
 * API keys.
 *
 * @module
 */
import { api } from '../contract/index.ts';
import type { Router } from './router.ts';
import type { Services } from './services.ts';

export function keyRoutes(router: Router, services: Services): void {
  router.json(api.listKeys, () => services.listKeys());
  router.json(api.createKey, ({ body }) => services.createKey(body));
  router.nothing(api.removeKey, ({ params }) => services.removeKey(params.keyId));
}
