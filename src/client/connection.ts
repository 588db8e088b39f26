/**
 * One request to a Fovea server, described by the contract's table: address, credentials, errors as `FoveaError`s,
 * replies parsed by the contract's schemas.
 *
 * @module
 */
import {
  API_ROOT,
  DEFAULT_NAMESPACE,
  errorFromJson,
  ErrorReply,
  fillPath,
  type GivenBody,
  type GivenQuery,
  InvalidInputError,
  type PathParameter,
  RemoteFoveaError,
  type ReplyValue,
  type Route,
  UnavailableError,
} from '../contract/index.ts';

/** The part of the platform's `fetch` that is needed; the app of the same process is one too. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response> | Response;

export interface ConnectionOptions {
  /** E.g. `http://127.0.0.1:8900`. */
  readonly baseUrl: string;
  readonly fetch?: Fetch | undefined;
  /** The token of `FOVEA_HOME`; needed to add paths of the server's machine. */
  readonly token?: string | undefined;
  /** An API key, for servers that ask for one; the token serves as well. */
  readonly apiKey?: string | undefined;
  readonly namespace?: string | undefined;
}

export interface Connection {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly fetch: Fetch;
  readonly credential: string | undefined;
  readonly namespace: string;
}

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
}

/** @throws InvalidInputError when the address is none. */
export function createConnection(options: ConnectionOptions): Connection {
  const address = /^[a-z][a-z+.-]*:\/\//i.test(options.baseUrl) ? options.baseUrl : `http://${options.baseUrl}`;
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new InvalidInputError(
      `Cannot connect to "${options.baseUrl}": an address looks like "http://127.0.0.1:8900"`,
    );
  }
  return {
    baseUrl: address.replace(/\/+$/, ''),
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    credential: options.token ?? options.apiKey,
    namespace: options.namespace ?? DEFAULT_NAMESPACE,
  };
}

/** What a request may carry, whatever its route. */
interface AnyInput {
  /** Path parameters; `namespace` is the connection's unless given. */
  readonly params?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  /** JSON body. */
  readonly body?: unknown;
  /** Body as it is. */
  readonly file?: NonNullable<RequestInit['body']>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** What a request of route `R` needs. */
export type CallInput<R extends Route> = AnyInput &
  (Exclude<PathParameter<R['path']>, 'namespace'> extends never
    ? unknown
    : { readonly params: Readonly<Record<Exclude<PathParameter<R['path']>, 'namespace'>, string>> }) &
  ([GivenQuery<R>] extends [never] ? unknown : { readonly query?: GivenQuery<R> }) &
  ([GivenBody<R>] extends [never] ? unknown : { readonly body: GivenBody<R> });

/** Sends a request and returns the parsed value of its reply. */
export async function call<R extends Route>(
  connection: Connection,
  route: R,
  input: CallInput<R>,
): Promise<ReplyValue<R>> {
  const response = await send(connection, route, input);
  if (route.reply.kind !== 'json') {
    await response.body?.cancel();
    // A route without a value: `undefined` is what its type says.
    return undefined as ReplyValue<R>;
  }
  const value = await whileReachable(connection, input.signal, () => response.json());
  return parseReply(connection, route, value);
}

/** A value that came from the server as the route's schema has it. Keys that are not known here are left out. */
export function parseReply<R extends Route>(connection: Connection, route: R, value: unknown): ReplyValue<R> {
  if (!('schema' in route.reply)) throw new TypeError(`Cannot parse a reply of ${route.path}: it has no value`);
  const result = route.reply.schema.safeParse(value);
  if (!result.success) {
    throw new RemoteFoveaError(
      'unexpected_reply',
      `Cannot understand what Fovea at ${connection.baseUrl} answered to ${route.method.toUpperCase()} ${route.path}: is its version the client's? (${result.error.message})`,
    );
  }
  return result.data as ReplyValue<R>;
}

/**
 * Sends a request; the reply's status is one of success.
 *
 * @throws the server's own error as the class that its code names; UnavailableError when there is no server; the
 * signal's reason when it aborted.
 */
export async function send<R extends Route>(connection: Connection, route: R, input: CallInput<R>): Promise<Response> {
  const { method, path } = route;
  const init: RequestInit = { method: method.toUpperCase(), headers: headersOf(connection, input) };
  if (input.signal !== undefined) init.signal = input.signal;
  if (route.body !== undefined) init.body = JSON.stringify(input.body);
  // Streams need to be said to be sent before a reply is read.
  if (input.file !== undefined) Object.assign(init, { body: input.file, duplex: 'half' });
  const url = addressOf(connection, path, input);
  const response = await whileReachable(connection, input.signal, async () => connection.fetch(url, init));
  if (response.ok) return response;
  throw await errorOf(connection, response);
}

/** The address of a route, e.g. for the `src` of an image. */
export function addressOf(connection: Connection, path: string, { params, query }: AnyInput): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined) search.append(name, String(item));
    }
  }
  const filled = fillPath(path, { namespace: connection.namespace, ...params });
  return `${connection.baseUrl}${API_ROOT}${filled}${search.size > 0 ? `?${search}` : ''}`;
}

/** Runs an exchange; failures of the network become UnavailableError, an abort stays what it is. */
export async function whileReachable<T>(
  connection: Connection,
  signal: AbortSignal | undefined,
  exchange: () => Promise<T>,
): Promise<T> {
  try {
    return await exchange();
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw new UnavailableError(
      `Cannot reach Fovea at ${connection.baseUrl}: is the server running? Start it with "fovea server"`,
      { cause: error },
    );
  }
}

function headersOf({ credential }: Connection, input: AnyInput): Record<string, string> {
  return {
    ...(input.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(credential === undefined ? {} : { Authorization: `Bearer ${credential}` }),
    ...input.headers,
  };
}

async function errorOf(connection: Connection, response: Response): Promise<Error> {
  const text = await response.text().catch(() => '');
  const reply = ErrorReply.safeParse(parseJson(text));
  if (reply.success) return errorFromJson(reply.data);
  const what = `${connection.baseUrl} answered with status ${response.status} and no reason`;
  if ([502, 503, 504].includes(response.status)) {
    return new UnavailableError(`Cannot reach Fovea: ${what}; something between here and the server may be down`);
  }
  return new RemoteFoveaError('unexpected_reply', `Cannot understand the reply: ${what}; is that a Fovea server?`);
}

/** The value of a JSON text; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
