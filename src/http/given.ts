/**
 * Features that callers hand over.
 *
 * @module
 */
import { api } from '../contract/index.ts';
import type { Router } from './router.ts';
import type { Services } from './services.ts';

export function givenRoutes(router: Router, services: Services): void {
  router.json(api.putFeatures, ({ params: { namespace, graph, policy }, body }) =>
    services.putFeatures(namespace, graph, policy, body),
  );
}
