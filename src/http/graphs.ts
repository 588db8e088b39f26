/**
 * Extraction graphs.
 *
 * @module
 */
import { api } from '../contract/index.ts';
import { isConfined } from './access.ts';
import type { Router } from './router.ts';
import type { Services } from './services.ts';

export function graphRoutes(router: Router, services: Services): void {
  router.json(api.listGraphs, ({ params }) => services.listGraphs(params.namespace));
  router.json(api.getGraph, ({ params }) => services.getGraph(params.namespace, params.graph));
  router.json(api.applyGraph, ({ params, body, caller }) =>
    services.applyGraph(params.namespace, body, { mayNamePaths: !isConfined(caller) }),
  );
  router.json(api.listLinks, ({ params }) => services.listLinks(params.namespace, params.graph));
  router.json(api.linkGraphs, ({ params, body }) => services.linkGraphs(params.namespace, params.graph, body));
  router.nothing(api.deleteGraph, ({ params }) => services.deleteGraph(params.namespace, params.graph));
}
