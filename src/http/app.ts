/**
 * The HTTP surface as one app. It listens on nothing: a server, a test or a program in the same process hands it requests.
 *
 * @module
 */
import { Hono } from 'hono';
import { API_ROOT, api, FoveaError, NotFoundError, RateLimitError, type Route } from '../contract/index.ts';
import { type AppEnvironment, authenticate } from './access.ts';
import { backupRoutes } from './backup.ts';
import { contentRoutes } from './contents.ts';
import { datasetRoutes } from './datasets.ts';
import { errorReply } from './errors.ts';
import { facetRoutes } from './facets.ts';
import { givenRoutes } from './given.ts';
import { graphRoutes } from './graphs.ts';
import { dialect, type DialectRoute, indexifyRoutes, singlePrefix } from './indexify/index.ts';
import { keyRoutes } from './keys.ts';
import { exportRoutes } from './exports.ts';
import { namespaceRoutes } from './namespaces.ts';
import { type OpenApiDocument, openApiDocument } from './openapi.ts';
import { type AppOptions, withDefaults } from './options.ts';
import { queryRoutes } from './queries.ts';
import { rootRoute } from './root.ts';
import { createRouter } from './router.ts';
import { guard, secureHeaders } from './security.ts';
import type { Services } from './services.ts';
import { duplicateRoutes } from './duplicates.ts';
import { systemRoutes } from './system.ts';
import { taskRoutes } from './tasks.ts';
import { uiRoutes } from './ui.ts';
import { workerRoutes } from './workers.ts';

const OPENAPI_PATH = `${API_ROOT}/openapi.json`;

/** An address that is known, asked with a method that is not. */
class MethodError extends FoveaError {
  readonly code = 'invalid_input';
  readonly allowed: readonly string[];

  constructor(method: string, path: string, allowed: readonly string[]) {
    super(`Cannot ${method} "${path}": it takes ${allowed.join(', ')}`);
    this.allowed = allowed;
  }
}

export function createApp(services: Services, options: AppOptions): Hono<AppEnvironment> {
  const settings = withDefaults(options);
  const app = new Hono<AppEnvironment>({ getPath: singlePrefix });
  app.use(secureHeaders(), guard(settings));
  uiRoutes(app, settings.uiFolder);
  app.use(authenticate(settings, services.findKey));
  app.onError((error, c) => {
    const { status, body } = errorReply(error, c.req.raw, settings.log);
    if (status === 401) c.header('WWW-Authenticate', 'Bearer');
    if (error instanceof RateLimitError) c.header('Retry-After', String(error.retryAfterSeconds));
    return c.json(body, status);
  });
  app.notFound((c) => {
    const allowed = methodsOf(c.req.path);
    if (allowed.length === 0)
      return c.json(new NotFoundError('address', c.req.path, [], `see ${OPENAPI_PATH}`).toJSON(), 404);
    c.header('Allow', allowed.join(', '));
    return c.json(new MethodError(c.req.method, c.req.path, allowed).toJSON(), 405);
  });

  rootRoute(app);
  let document: OpenApiDocument | undefined;
  app.get(OPENAPI_PATH, (c) => c.json((document ??= openApiDocument(settings.version))));
  const router = createRouter(app, settings);
  systemRoutes(router, services);
  duplicateRoutes(router, services);
  namespaceRoutes(router, services);
  contentRoutes(router, services);
  graphRoutes(router, services);
  datasetRoutes(router, services);
  givenRoutes(router, services);
  taskRoutes(router, services);
  queryRoutes(router, services);
  facetRoutes(router, services);
  backupRoutes(router, services);
  keyRoutes(router, services);
  exportRoutes(router, services);
  workerRoutes(router, services);
  indexifyRoutes(app, services, settings);
  return app;
}

/** Methods that the table has for a path. */
function methodsOf(path: string): string[] {
  const own = Object.values<Route>(api).map((route) => ({ ...route, path: `${API_ROOT}${route.path}` }));
  const fitting = [...own, ...Object.values<DialectRoute>(dialect)].filter((route) =>
    pathPattern(route.path).test(path),
  );
  return [...new Set(fitting.map((route) => route.method.toUpperCase()))];
}

function pathPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}
