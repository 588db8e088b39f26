/**
 * The API as an OpenAPI 3.1 document, from the contract's table and schemas. Named schemas of the contract become
 * components: as replies have them under their own name, as requests may give them (defaults may be left out) under
 * `…Input`, where the name doesn't end in `Request` anyway.
 *
 * OpenAPI Specification 3.1.1; its schemas are JSON Schema 2020-12.
 *
 * @module
 */
import { z } from 'zod';
import * as contract from '../contract/index.ts';
import { type Access, API_ROOT, api, PATH_PARAMETERS, type Reply, type Route } from '../contract/index.ts';
import { isList } from './query.ts';

type Json = Readonly<Record<string, unknown>>;

export interface OpenApiDocument {
  readonly openapi: '3.1.1';
  readonly info: Json;
  readonly servers: readonly Json[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>>; readonly securitySchemes: Json };
}

const COMPONENTS = '#/components/schemas/';
const BEARER = { bearer: [] };
/** An empty requirement beside the other one says that credentials may be needed: keys are the server's choice. */
const MAY_NEED_KEY = [{}, BEARER];
const SECURITY: Readonly<Record<Access, readonly Json[]>> = {
  open: [],
  any: MAY_NEED_KEY,
  read: MAY_NEED_KEY,
  write: MAY_NEED_KEY,
  'server-read': MAY_NEED_KEY,
  'server-write': MAY_NEED_KEY,
  trusted: [BEARER],
  home: [BEARER],
};
const ERROR = { $ref: `${COMPONENTS}ErrorReply` };

export function openApiDocument(version: string): OpenApiDocument {
  const requests = components('input', (name) => (name.endsWith('Request') ? name : `${name}Input`));
  const replies = components('output', (name) => name);
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, route] of Object.entries<Route>(api)) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(name, route, requests.names, replies.names) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Fovea',
      version,
      summary: 'Pictures as a database that can be asked with words, with a picture and with SQL',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: API_ROOT }],
    paths,
    components: {
      schemas: reachable(paths, { ...replies.schemas, ...requests.schemas }),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key, or the token of FOVEA_HOME' },
      },
    },
  };
}

type Names = ReadonlyMap<unknown, string>;

/** Every schema that the contract exports, under its name, as JSON Schema. */
function components(io: 'input' | 'output', rename: (name: string) => string) {
  const registry = z.registry<{ id: string }>();
  const names = new Map<unknown, string>();
  for (const [name, schema] of Object.entries(contract)) {
    if (!(schema instanceof z.ZodType)) continue;
    registry.add(schema, { id: rename(name) });
    names.set(schema, rename(name));
  }
  const uri = (id: string) => `${COMPONENTS}${id}`;
  const { schemas } = z.toJSONSchema(registry, { io, uri, unrepresentable: 'any' });
  return { names, schemas: Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, plain(schema)])) };
}

function operation(operationId: string, route: Route, requests: Names, replies: Names): Json {
  return {
    operationId,
    summary: route.summary,
    tags: [tagOf(route.path)],
    parameters: [...pathParameters(route.path), ...queryParameters(route.query)],
    ...requestBody(route, requests),
    responses: {
      [route.status]: { description: 'Done', ...replyContent(route.reply, replies) },
      ...(route.reply.kind === 'file' && route.reply.ranges
        ? {
            206: { description: 'The part that was asked for' },
            304: { description: 'Not modified' },
            416: { description: 'Beyond the end' },
          }
        : {}),
      default: { description: 'What went wrong', content: { 'application/json': { schema: ERROR } } },
    },
    security: SECURITY[route.access],
    'x-access': route.access,
  };
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: Object.hasOwn(PATH_PARAMETERS, name) ? schemaOf(Reflect.get(PATH_PARAMETERS, name)) : { type: 'string' },
  }));
}

function queryParameters(query: z.ZodObject | undefined): Json[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input' });
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
    // A list is its parameter several times.
    explode: isList(query.shape[name]),
  }));
}

function requestBody(route: Route, names: Names): Json {
  if (route.upload === true) {
    const form = { type: 'object', properties: { labels: { type: 'string' }, file: {} }, required: ['file'] };
    const content = { 'multipart/form-data': { schema: form }, '*/*': {} };
    return { requestBody: { required: true, content } };
  }
  if (route.body === undefined) return {};
  return { requestBody: { required: true, content: { 'application/json': { schema: named(route.body, names) } } } };
}

function replyContent(reply: Reply, names: Names): Json {
  switch (reply.kind) {
    case 'nothing':
      return {};
    case 'json':
      return { content: { 'application/json': { schema: named(reply.schema, names) } } };
    case 'lines':
      return { content: { 'application/x-ndjson': { schema: named(reply.schema, names) } } };
    case 'events':
      return { content: { 'text/event-stream': { schema: named(reply.schema, names) } } };
    case 'file':
      return { content: Object.fromEntries(reply.types.map((type) => [type, {}])) };
  }
}

function named(schema: z.ZodType, names: Names): Json {
  const name = names.get(schema);
  if (name === undefined)
    throw new TypeError('Cannot describe the API: the contract exports no name for a schema of its table');
  return { $ref: `${COMPONENTS}${name}` };
}

function schemaOf(schema: unknown): Json {
  return schema instanceof z.ZodType ? plain(z.toJSONSchema(schema, { io: 'input' })) : {};
}

/** `contents` of `/namespaces/{namespace}/contents/{contentId}`. */
function tagOf(path: string): string {
  const [first = '', , second] = path.slice(1).split('/');
  return first === 'namespaces' ? (second ?? first) : first;
}

/** Without what says where a schema lies: inside the document that is its place. */
function plain({ $schema: _schema, $id: _id, id: _name, ...schema }: Json): Json {
  return schema;
}

/** The components that the paths need, directly or through others. */
function reachable(paths: unknown, schemas: Readonly<Record<string, Json>>): Record<string, Json> {
  const found: Record<string, Json> = {};
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      const name = key === '$ref' && typeof child === 'string' ? child.slice(COMPONENTS.length) : undefined;
      const schema = name === undefined ? undefined : schemas[name];
      if (name === undefined || schema === undefined) visit(child);
      else if (found[name] === undefined) {
        found[name] = schema;
        visit(schema);
      }
    }
  };
  visit(paths);
  return Object.fromEntries(Object.entries(found).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
