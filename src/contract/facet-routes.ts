/**
 * The part of the HTTP API that counts contents by values.
 *
 * @module
 */
import { FacetsRequest, FacetsResponse } from './facets.ts';
import { json } from './reply.ts';
import type { Route } from './route.ts';

export const facetRoutes = {
  facets: {
    method: 'post',
    path: '/namespaces/{namespace}/facets',
    summary: 'Count contents by the values of columns, all of them or those that pass a condition',
    access: 'read',
    status: 200,
    body: FacetsRequest,
    reply: json(FacetsResponse),
  },
} as const satisfies Record<string, Route>;
