/**
 * Calls over the message channel between a process and its child: `{ id, method, argument }` → `{ id, value | error }`.
 * Both sides may call and serve. Errors cross as code, message and facts, and arrive as what they were. A call with id 0 asks
 * for no answer.
 *
 * @module
 */
import { errorFromJson, FoveaError } from '../contract/index.ts';

/** The part of `ChildProcess` and `process` that is needed; serialization must be `advanced` (typed arrays). */
export interface Channel {
  send?(message: unknown, callback?: (error: Error | null) => void): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

/** Ids of calls that want an answer are above. */
const NO_ANSWER = 0;

export type Handlers = Readonly<Record<string, (argument: never) => Promise<unknown>>>;

/** The other side of a channel. */
export interface Remote {
  /** Rejects with the error that the other side threw, and with `ChannelClosedError` when it went away. */
  call<T>(method: string, argument?: unknown): Promise<T>;
  /** A call that nobody waits for: half the messages. It is handed to the system before this returns. */
  tell(method: string, argument: unknown): void;
}

/** The process at the other end ended before it answered. */
export class ChannelClosedError extends FoveaError {
  readonly code = 'unavailable';
}

type Message =
  | { readonly id: number; readonly method: string; readonly argument: unknown }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { message: string; code?: string } };

/** Serves `handlers` to the other side and returns the way to call it. */
export function connectChannel(channel: Channel, handlers: Handlers): Remote {
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let lastId = NO_ANSWER;
  let closed = false;

  const post = (message: Message): void => {
    if (closed || channel.send === undefined) return;
    channel.send(message, () => undefined);
  };

  const serve = async ({ id, method, argument }: Extract<Message, { method: string }>): Promise<void> => {
    const reply = await answer(handlers, method, argument);
    if (id !== NO_ANSWER) post({ id, ...reply });
  };

  channel.on('message', (received) => {
    const message = received as Message;
    if (!isMessage(message)) return;
    if ('method' in message) {
      void serve(message);
      return;
    }
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if ('error' in message) call?.reject(errorFromJson({ code: 'internal', ...message.error }));
    else call?.resolve(message.value as never);
  });

  channel.on('disconnect', () => {
    closed = true;
    for (const call of waiting.values()) call.reject(new ChannelClosedError('Cannot get an answer: the process ended'));
    waiting.clear();
  });

  return {
    call: (method, argument) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new ChannelClosedError(`Cannot call "${method}": the process ended`));
        const id = ++lastId;
        waiting.set(id, { resolve, reject });
        post({ id, method, argument });
      }),
    tell: (method, argument) => post({ id: NO_ANSWER, method, argument }),
  };
}

async function answer(
  handlers: Handlers,
  method: string,
  argument: unknown,
): Promise<{ value: unknown } | { error: { message: string; code?: string } }> {
  const handler = handlers[method];
  if (handler === undefined) return { error: { message: `Cannot call "${method}": no such method` } };
  try {
    return { value: await handler(argument as never) };
  } catch (error) {
    if (error instanceof FoveaError) return { error: { code: error.code, message: error.message, ...error.facts() } };
    return { error: { message: error instanceof Error ? error.message : String(error) } };
  }
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'number';
}
