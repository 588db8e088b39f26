/**
 * Namespaces, and what happens in one.
 *
 * @module
 */
import { api } from '../contract/index.ts';
import type { Router } from './router.ts';
import type { Services } from './services.ts';

export function namespaceRoutes(router: Router, services: Services): void {
  router.json(api.listNamespaces, () => services.listNamespaces());
  router.nothing(api.createNamespace, ({ params }) => services.createNamespace(params.namespace));
  router.nothing(api.deleteNamespace, ({ params }) => services.deleteNamespace(params.namespace));
  router.events(api.events, ({ params }, signal) => services.events(params.namespace, signal));
}
