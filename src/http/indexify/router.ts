/**
 * From the table of the dialect to routes of the app: access as for `/api/v1`, lenient reading, errors as plain text, and
 * notes to the user in the header `Fovea-Warning`, one sentence each.
 *
 * @module
 */
import type { Context, Hono } from 'hono';
import type { z } from 'zod';
import { didYouMean, InvalidInputError, NamespaceName, NotFoundError, parseInput } from '../../contract/index.ts';
import { type AppEnvironment, type Caller, checkAccess, errorFor } from '../access.ts';
import { readJson } from '../body.ts';
import type { Settings } from '../options.ts';
import type { Services } from '../services.ts';
import { MalformedRequestError, textError } from './errors.ts';
import type { DialectRoute } from './routes.ts';

/** A request to the dialect. */
export interface DialectCall {
  /** As the address has it; the name of none that could be made never comes here. */
  readonly namespace: string;
  readonly query: URLSearchParams;
  readonly request: Request;
  readonly caller: Caller;
  /** Whether the key that came with the request still opens what it did. */
  readonly isStillKnown: () => Promise<boolean>;
  /** A part of the address. */
  param(name: string): string;
  /**
   * The JSON body; keys that the schema lacks are noted and left out.
   *
   * @param action Completes "Cannot …:".
   */
  body<S extends z.ZodObject>(schema: S, action: string): Promise<z.output<S>>;
  /** A sentence for the user, sent beside the answer. */
  warn(sentence: string): void;
}

/** Answers a call with a value, sent as JSON, or with a reply of its own. */
type DialectHandler = (call: DialectCall) => Promise<unknown>;

export interface DialectRouter {
  readonly settings: Settings;
  on(route: DialectRoute, handle: DialectHandler): void;
}

const WARNING_HEADER = 'Fovea-Warning';
/** Clients take some 16 KiB of headers. */
const MAX_WARNINGS = 20;
const MAX_WARNING_CHARACTERS = 400;

export function createDialectRouter(
  app: Hono<AppEnvironment>,
  settings: Settings,
  services: Pick<Services, 'listNamespaces'>,
): DialectRouter {
  const answer = async (route: DialectRoute, handle: DialectHandler, c: Context<AppEnvironment>): Promise<Response> => {
    const caller = c.get('caller');
    const warnings: string[] = [];
    const reply = async (): Promise<Response> => {
      try {
        const namespace = c.req.param('namespace');
        checkAccess(caller, route, namespace);
        if (namespace !== undefined) await refuseOddName(services, namespace);
        const value = await handle(readCall(c, settings, warnings));
        return value instanceof Response ? value : Response.json(value === undefined ? {} : value);
      } catch (error) {
        return textError(errorFor(caller, error), c.req.raw, settings.log);
      }
    };
    return withWarnings(await reply(), warnings);
  };
  return {
    settings,
    on: (route, handle) => app.on(route.method.toUpperCase(), honoPath(route.path), (c) => answer(route, handle, c)),
  };
}

/** `{rest}` takes any number of segments. */
function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === 'rest' ? ':rest{.+}' : `:${name}`));
}

/** A name that no namespace can have is one that isn't there. */
async function refuseOddName(services: Pick<Services, 'listNamespaces'>, namespace: string): Promise<void> {
  if (NamespaceName.safeParse(namespace).success) return;
  const { namespaces } = await services.listNamespaces();
  throw new NotFoundError(
    'namespace',
    namespace,
    namespaces.map(({ name }) => name),
  );
}

function readCall(c: Context<AppEnvironment>, settings: Settings, warnings: string[]): DialectCall {
  const parameters: Readonly<Record<string, string>> = c.req.param();
  const warn = (sentence: string): void => void warnings.push(sentence);
  return {
    namespace: parameters.namespace ?? '',
    query: new URL(c.req.url).searchParams,
    request: c.req.raw,
    caller: c.get('caller'),
    isStillKnown: c.get('isStillKnown'),
    param: (name) => parameters[name] ?? '',
    body: async (schema, action) => readFields(schema, await readBody(c.req.raw, settings.maxJsonBytes), action, warn),
    warn,
  };
}

async function readBody(request: Request, limitBytes: number): Promise<unknown> {
  try {
    return await readJson(request, limitBytes);
  } catch (error) {
    throw error instanceof InvalidInputError ? new MalformedRequestError(error.message, { cause: error }) : error;
  }
}

/** An object by its schema; keys that it lacks are noted and left out. */
export function readFields<S extends z.ZodObject>(
  schema: S,
  value: unknown,
  action: string,
  warn: DialectCall['warn'],
): z.output<S> {
  const known = Object.keys(schema.shape);
  const given = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  for (const key of given.filter((each) => !known.includes(each))) {
    warn(`"${key}" is not known here and was ignored${didYouMean(key, known)}`);
  }
  return parseInput(schema, value, action);
}

function withWarnings(response: Response, warnings: readonly string[]): Response {
  if (warnings.length === 0) return response;
  const more = warnings.length - MAX_WARNINGS;
  const shown = more > 0 ? [...warnings.slice(0, MAX_WARNINGS), `and ${more} more`] : warnings;
  const headers = new Headers(response.headers);
  for (const warning of shown) headers.append(WARNING_HEADER, headerText(warning));
  return new Response(response.body, { status: response.status, headers });
}

/** Printable ASCII, which is all that a header may hold; other characters as JSON escapes them. */
function headerText(sentence: string): string {
  const text = sentence.length > MAX_WARNING_CHARACTERS ? `${sentence.slice(0, MAX_WARNING_CHARACTERS)}...` : sentence;
  return text.replaceAll(
    /[^\u0020-\u007e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
