/**
 * The part of the HTTP API that loads data sets.
 *
 * @module
 */
import { LoadDatasetRequest, LoadProgress } from './dataset.ts';
import { lines } from './reply.ts';
import type { Route } from './route.ts';

export const datasetRoutes = {
  loadDataset: {
    method: 'post',
    path: '/namespaces/{namespace}/datasets/load',
    summary: "Load a data set of the server's machine or of the hub, and follow the totals; again to go on",
    access: 'home',
    status: 200,
    body: LoadDatasetRequest,
    reply: lines(LoadProgress),
  },
} as const satisfies Record<string, Route>;
