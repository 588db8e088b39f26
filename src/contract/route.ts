/**
 * How a route of the HTTP API is described: `api.ts` is a table of these. From one description come the server's
 * route, the client's method and the OpenAPI document.
 *
 * @module
 */
import { z } from 'zod';
import { ContentId } from './content.ts';
import { ApiKeyId } from './key.ts';
import { GraphName, NamespaceName, PolicyName } from './names.ts';

/**
 * What a caller must have for a route. Keys are asked for where the server listens beyond loopback or was told to; a key
 * that is given is held to what it is for everywhere.
 * - `open`: nothing
 * - `any`: any key; the reply tells a namespace's key of its namespace only
 * - `read`: a key for the namespace of the path, or for the whole server
 * - `write`: such a key that may change things
 * - `server-read`: a key for the whole server
 * - `server-write`: such a key that may change things
 * - `trusted`: the same, or the token of the server's own `FOVEA_HOME`, even where the server asks nobody else for keys
 * - `home`: that token, which is enough for every route
 */
export type Access = 'open' | 'any' | 'read' | 'write' | 'server-read' | 'server-write' | 'trusted' | 'home';

/** What a route answers when all went well. */
export type Reply =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'json'; readonly schema: z.ZodType }
  /** One JSON value a line; a failure in mid-stream is a last line `{"error": {code, message, …}}`. Empty lines keep the connection alive. */
  | { readonly kind: 'lines'; readonly schema: z.ZodType }
  /** Server-sent events; `event:` is the value's `type`, a failure is an event `error`. */
  | { readonly kind: 'events'; readonly schema: z.ZodType }
  /** Bytes; routes with `ranges` obey Range, If-Range and If-None-Match. */
  | { readonly kind: 'file'; readonly types: readonly string[]; readonly ranges: boolean };

export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** Below `API_ROOT`; parameters in braces, each listed in `PATH_PARAMETERS`. */
  readonly path: `/${string}`;
  /** One short line, imperative. */
  readonly summary: string;
  readonly access: Access;
  readonly status: 200 | 204;
  /** Keys that are not listed are refused. An array takes the parameter any number of times. */
  readonly query?: z.ZodObject;
  /** JSON body. */
  readonly body?: z.ZodType;
  /** Largest JSON body in bytes, where the server's default is too small. */
  readonly maxBodyBytes?: number;
  /** The body is a file: a multipart form or the bare bytes. */
  readonly upload?: true;
  readonly reply: Reply;
}

/** Schemas of path parameters, by name. */
export const PATH_PARAMETERS = {
  namespace: NamespaceName,
  contentId: ContentId,
  graph: GraphName,
  policy: PolicyName,
  keyId: ApiKeyId,
  /** As SQL has it: `content`, `<graph>`, `<graph>.<policy>`. */
  table: z
    .string()
    .max(200)
    .regex(/^[A-Za-z][A-Za-z0-9_.-]*$/, 'must be the name of a table'),
  /** `<graph>.<policy>.<output>`. */
  index: z
    .string()
    .max(200)
    .regex(/^[A-Za-z][A-Za-z0-9_.-]*$/, 'must be the name of an index'),
} as const satisfies Record<string, z.ZodType>;

/** Names in braces of a path. */
export type PathParameter<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathParameter<Rest>
  : never;

export type PathValues<R extends Route> = { readonly [Name in PathParameter<R['path']>]: string };

/** Query as the server gets it: parsed, defaults filled in. */
export type ParsedQuery<R extends Route> = R extends { readonly query: infer Q extends z.ZodType }
  ? z.output<Q>
  : undefined;
/** Body as the server gets it. */
export type ParsedBody<R extends Route> = R extends { readonly body: infer B extends z.ZodType }
  ? z.output<B>
  : undefined;
/** Query as a caller writes it. */
export type GivenQuery<R extends Route> = R extends { readonly query: infer Q extends z.ZodType } ? z.input<Q> : never;
/** Body as a caller writes it. */
export type GivenBody<R extends Route> = R extends { readonly body: infer B extends z.ZodType } ? z.input<B> : never;

/** The JSON value of a reply, of one line or of one event. */
export type ReplyValue<R extends Route> = R['reply'] extends { readonly schema: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;

/**
 * The path of a route with its parameters filled in and escaped.
 *
 * @throws TypeError when a parameter has no value.
 */
export function fillPath(path: string, values: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new TypeError(`Cannot fill path "${path}": parameter "${name}" has no value`);
    return encodeURIComponent(value);
  });
}
