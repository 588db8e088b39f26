/**
 * From a route of the contract's table to a route of the app: checks access, parses path, query and body by the
 * schemas, calls the handler, encodes what it returns. One method a kind of reply, so that handlers stay one line.
 *
 * @module
 */
import type { Context, Hono } from 'hono';
import {
  API_ROOT,
  type ParsedBody,
  type ParsedQuery,
  parseInput,
  PATH_PARAMETERS,
  type PathValues,
  type ReplyValue,
  type Route,
} from '../contract/index.ts';
import { type AppEnvironment, type Caller, checkAccess, errorFor } from './access.ts';
import { readJson } from './body.ts';
import { errorReply } from './errors.ts';
import { createEventStreams } from './event-streams.ts';
import { createGate } from './gate.ts';
import type { Settings } from './options.ts';
import { readQuery } from './query.ts';
import { eventReply, lineReply, type StreamOptions } from './stream.ts';

/** A request whose parts fit the route. */
interface Call<R extends Route> {
  readonly params: PathValues<R>;
  readonly query: ParsedQuery<R>;
  readonly body: ParsedBody<R>;
  /** Its `signal` aborts when its sender has gone. */
  readonly request: Request;
  readonly caller: Caller;
}

type Handler<R extends Route, T> = (call: Call<R>) => T;

export interface Router {
  readonly settings: Settings;
  json<R extends Route>(route: R, handle: Handler<R, Promise<ReplyValue<R>>>): void;
  nothing<R extends Route>(route: R, handle: Handler<R, Promise<void>>): void;
  /** `gone` aborts when nobody reads the reply any more. */
  lines<R extends Route>(route: R, handle: (call: Call<R>, gone: AbortSignal) => AsyncIterable<ReplyValue<R>>): void;
  events<R extends Route>(
    route: R,
    open: (call: Call<R>, signal: AbortSignal) => AsyncIterable<ReplyValue<R> & { readonly type: string }>,
  ): void;
  file<R extends Route>(route: R, handle: Handler<R, Promise<Response>>): void;
}

/** Bodies of many megabytes that one route holds in memory at once, several times over while they are parsed. */
const LARGE_AT_ONCE = 4;

export function createRouter(app: Hono<AppEnvironment>, settings: Settings): Router {
  const add = <R extends Route>(
    route: R,
    answer: (call: Call<R>, c: Context<AppEnvironment>) => Promise<Response> | Response,
  ) => {
    const large = createGate('another large request', LARGE_AT_ONCE, 16 * LARGE_AT_ONCE);
    const mayBeLarge = ({ headers }: Request): boolean =>
      route.maxBodyBytes !== undefined && Number(headers.get('content-length') ?? Infinity) > settings.maxJsonBytes;
    app.on(route.method.toUpperCase(), `${API_ROOT}${route.path.replaceAll(/\{(\w+)\}/g, ':$1')}`, async (c) => {
      const caller = c.get('caller');
      checkAccess(caller, route, c.req.param('namespace'));
      try {
        const work = async () => answer(await readCall(route, c, settings), c);
        return await (mayBeLarge(c.req.raw) ? large.enter(work) : work());
      } catch (error) {
        // Node's server aborts requests with a text; what is no error passes Hono's handler by.
        throw errorFor(caller, error instanceof Error ? error : new Error(String(error)));
      }
    });
  };
  const openStream = createEventStreams(settings.limits.eventStreams);
  const streaming = (request: Request): StreamOptions => ({
    heartbeatMs: settings.heartbeatMs,
    describe: (error) => errorReply(error, request, settings.log).body,
  });
  return {
    settings,
    json: (route, handle) => add(route, async (call, c) => c.json(await handle(call))),
    nothing: (route, handle) =>
      add(route, async (call, c) => {
        await handle(call);
        return c.body(null, 204);
      }),
    lines: (route, handle) =>
      add(route, (call, c) => {
        // Hono answers HEAD through GET and drops the body, which nobody would end.
        if (call.request.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'application/x-ndjson' });
        const left = new AbortController();
        const gone = AbortSignal.any([call.request.signal, left.signal]);
        return lineReply(handle(call, gone), streaming(call.request), () => left.abort());
      }),
    events: (route, open) =>
      add(route, (call, c) => {
        if (call.request.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' });
        const { revoked, endWith } = openStream(c.get('isStillKnown'));
        const opened = (ended: AbortSignal) => {
          endWith(ended);
          return open(call, ended);
        };
        return eventReply(opened, AbortSignal.any([call.request.signal, revoked]), streaming(call.request));
      }),
    file: (route, handle) => add(route, handle),
  };
}

async function readCall<R extends Route>(route: R, c: Context<AppEnvironment>, settings: Settings): Promise<Call<R>> {
  const where = `answer ${route.method.toUpperCase()} ${route.path}`;
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(c.req.param())) {
    if (isPathParameter(name)) params[name] = parseInput(PATH_PARAMETERS[name], value, `${where}: ${name} "${value}"`);
  }
  const query = readQuery(route.query, new URL(c.req.url).searchParams);
  const body =
    route.body === undefined
      ? undefined
      : parseInput(route.body, await readJson(c.req.raw, route.maxBodyBytes ?? settings.maxJsonBytes), where);
  // The schemas that were just applied are the ones that the types come from.
  return { params, query, body, request: c.req.raw, caller: c.get('caller') } as unknown as Call<R>;
}

function isPathParameter(name: string): name is keyof typeof PATH_PARAMETERS {
  return Object.hasOwn(PATH_PARAMETERS, name);
}
