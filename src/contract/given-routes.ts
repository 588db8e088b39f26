/**
 * The part of the HTTP API that takes features which callers hand over.
 *
 * @module
 */
import { PutFeatures, PutFeaturesRequest } from './given.ts';
import { json } from './reply.ts';
import type { Route } from './route.ts';

/** A thousand contents with vectors of two thousand numbers, or with long texts. */
const ROWS_BODY_BYTES = 64 * 1024 * 1024;

export const givenRoutes = {
  putFeatures: {
    method: 'put',
    path: '/namespaces/{namespace}/graphs/{graph}/policies/{policy}/rows',
    summary: 'Hand over rows of a policy whose extractor is "given", for contents that are there',
    access: 'write',
    status: 200,
    body: PutFeaturesRequest,
    maxBodyBytes: ROWS_BODY_BYTES,
    reply: json(PutFeatures),
  },
} as const satisfies Record<string, Route>;
