/**
 * Questions: search, SQL, and what can be asked.
 *
 * @module
 */
import { api } from '../contract/index.ts';
import type { Router } from './router.ts';
import type { Services } from './services.ts';

export function queryRoutes(router: Router, services: Services): void {
  router.json(api.search, ({ params, body }) => services.search(params.namespace, body));
  router.json(api.sql, ({ params, body, request }) => services.sql(params.namespace, body, request.signal));
  router.lines(api.ask, ({ params, body }, gone) => services.ask(params.namespace, body, gone));
  router.json(api.listIndexes, ({ params }) => services.listIndexes(params.namespace));
  router.json(api.listTables, ({ params }) => services.listTables(params.namespace));
}
