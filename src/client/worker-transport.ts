/**
 * The worker protocol over HTTP, for workers on other machines.
 *
 * @module
 */
import { api, encodeComplete, encodeDerive, type WorkerTransport } from '../contract/index.ts';
import { call, type ConnectionOptions, createConnection, send, whileReachable } from './connection.ts';
import { readPieces } from './streams.ts';

/** Needs the server's token or an API key. Contents come without paths: their bytes come from `bytes`. */
export function httpWorkerTransport(options: ConnectionOptions): WorkerTransport {
  const connection = createConnection(options);
  return {
    claim: ({ extractors, except, ...request }) =>
      call(connection, api.claim, {
        body: {
          ...request,
          ...(extractors === undefined ? {} : { extractors: [...extractors] }),
          ...(except === undefined ? {} : { except: [...except] }),
        },
      }),
    heartbeat: (body) => call(connection, api.heartbeat, { body }),
    abandon: ({ inHand, ...request }) =>
      call(connection, api.abandon, {
        body:
          inHand === undefined
            ? request
            : { ...request, inHand: inHand.map((work) => ({ ...work, contentIds: [...work.contentIds] })) },
      }),
    leave: (body) => call(connection, api.leave, { body }),
    complete: (request) => call(connection, api.complete, { body: encodeComplete(request) }),
    derive: (request) => call(connection, api.derive, { body: encodeDerive(request) }),
    bytes: async (namespace, contentId) => {
      const response = await send(connection, api.bytes, { query: { namespace, contentId } });
      return whileReachable(connection, undefined, async () => new Uint8Array(await response.arrayBuffer()));
    },
    stream: async (namespace, contentId) => {
      const { body } = await send(connection, api.bytes, { query: { namespace, contentId } });
      return readPieces(body ?? new Blob([]).stream(), (read) => whileReachable(connection, undefined, read));
    },
  };
}
