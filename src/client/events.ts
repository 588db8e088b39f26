/**
 * Following what happens in a namespace.
 *
 * @module
 */
import { api, ErrorReply, errorFromJson, type FoveaEvent } from '../contract/index.ts';
import { type Connection, parseJson, send, whileReachable } from './connection.ts';
import { readEvents } from './streams.ts';

/**
 * Events of the namespace until the signal aborts, the reader stops or the server ends. Events of kinds that this client
 * doesn't know are skipped.
 */
export async function* events(connection: Connection, signal?: AbortSignal): AsyncGenerator<FoveaEvent> {
  const response = await send(connection, api.events, { signal, headers: { Accept: 'text/event-stream' } });
  const source = readEvents(response.body ?? new Blob([]).stream());
  try {
    for (;;) {
      const { done, value } = await whileReachable(connection, signal, () => source.next());
      if (done) return;
      const data = parseJson(value.data);
      if (value.event === 'error') throw errorFromJson(ErrorReply.parse(data));
      const event = api.events.reply.schema.safeParse(data);
      if (event.success) yield event.data;
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  } finally {
    await source.return(undefined);
  }
}
