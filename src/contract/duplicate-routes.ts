/**
 * The part of the HTTP API that is about duplicates and similar pictures.
 *
 * @module
 */
import { DuplicatesProgress, DuplicatesQuery, SimilarPictures, SimilarQuery } from './duplicates.ts';
import { json, lines } from './reply.ts';
import type { Route } from './route.ts';

export const duplicateRoutes = {
  duplicates: {
    method: 'get',
    path: '/namespaces/{namespace}/duplicates',
    summary:
      'Find files with the same bytes, and pictures that show the same (saved anew, resized, slightly cropped), and follow the comparing',
    access: 'read',
    status: 200,
    query: DuplicatesQuery,
    reply: lines(DuplicatesProgress),
  },
  similar: {
    method: 'get',
    path: '/namespaces/{namespace}/contents/{contentId}/similar',
    summary: 'Find pictures that are similar to one, without copies of it',
    access: 'read',
    status: 200,
    query: SimilarQuery,
    reply: json(SimilarPictures),
  },
} as const satisfies Record<string, Route>;
