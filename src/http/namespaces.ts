/**
 * Namespaces, and what happens in one.
 *
 * @module
 */
import { api } from '../contract/index.ts';
import { isConfined } from './access.ts';
import type { Router } from './router.ts';
import type { Services } from './services.ts';

export function namespaceRoutes(router: Router, services: Services): void {
  router.json(api.listNamespaces, async ({ caller }) => {
    const { namespaces } = await services.listNamespaces();
    return { namespaces: namespaces.filter(({ name }) => !isConfined(caller) || name === caller.namespace) };
  });
  router.nothing(api.createNamespace, ({ params }) => services.createNamespace(params.namespace));
  router.nothing(api.deleteNamespace, ({ params }) => services.deleteNamespace(params.namespace));
  router.events(api.events, ({ params }, signal) => services.events(params.namespace, signal));
}
