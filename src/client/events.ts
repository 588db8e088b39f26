/**
 * Following what happens in a namespace, or what comes of a policy.
 *
 * @module
 */
import { api, ErrorReply, errorFromJson, type FoveaEvent, type NewContent, type Route } from '../contract/index.ts';
import { type CallInput, type Connection, parseJson, type RequestOptions, send, whileReachable } from './connection.ts';
import { readEvents } from './streams.ts';

/**
 * Events of the namespace until the signal aborts, the reader stops or the server ends. Events of kinds that this client
 * doesn't know are skipped.
 */
export function events(connection: Connection, signal?: AbortSignal): AsyncGenerator<FoveaEvent> {
  return followEvents(connection, api.events, { signal }, (data) => api.events.reply.schema.safeParse(data).data);
}

/**
 * Contents for which a policy has a result, from the number `offset` on and then as they come, until the signal aborts, the reader
 * stops, the policy goes or the server ends.
 */
export function newContent(
  connection: Connection,
  { graph, policy }: { readonly graph: string; readonly policy: string },
  { offset = 0, signal }: { readonly offset?: number } & RequestOptions = {},
): AsyncGenerator<NewContent> {
  const input = { params: { graph, policy }, query: { offset }, signal };
  return followEvents(connection, api.newContent, input, (data) => api.newContent.reply.schema.safeParse(data).data);
}

/** @param parse Undefined for what is skipped. */
async function* followEvents<R extends Route, T>(
  connection: Connection,
  route: R,
  input: CallInput<R>,
  parse: (data: unknown) => T | undefined,
): AsyncGenerator<T> {
  const { signal } = input;
  const response = await send(connection, route, { ...input, headers: { Accept: 'text/event-stream' } });
  const source = readEvents(response.body ?? new Blob([]).stream());
  try {
    for (;;) {
      const { done, value } = await whileReachable(connection, signal, () => source.next());
      if (done) return;
      const data = parseJson(value.data);
      if (value.event === 'error') throw errorFromJson(ErrorReply.parse(data));
      const event = parse(data);
      if (event !== undefined) yield event;
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  } finally {
    await source.return(undefined);
  }
}
