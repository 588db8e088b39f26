/**
 * The dialect of Indexify's clients of 2024, at the root of the server: other addresses, spellings and error replies for
 * the same use cases that `/api/v1` has. See docs/coming-from-indexify.md.
 *
 * @module
 */
import type { Hono } from 'hono';
import type { AppEnvironment } from '../access.ts';
import type { Settings } from '../options.ts';
import type { Services } from '../services.ts';
import { contentRoutes } from './contents.ts';
import { graphRoutes } from './graphs.ts';
import { ingestRoutes } from './ingest.ts';
import { linkRoutes } from './links.ts';
import { questionRoutes } from './questions.ts';
import { createDialectRouter } from './router.ts';
import { serverRoutes } from './server.ts';
import { taskRoutes } from './tasks.ts';
import { updateRoutes } from './update.ts';
import { waitRoutes } from './wait.ts';

export { dialect, type DialectRoute } from './routes.ts';
export { singlePrefix } from './single-prefix.ts';

export function indexifyRoutes(app: Hono<AppEnvironment>, services: Services, settings: Settings): void {
  const router = createDialectRouter(app, settings, services);
  graphRoutes(router, services);
  ingestRoutes(router, services);
  contentRoutes(router, services);
  updateRoutes(router, services);
  taskRoutes(router, services);
  waitRoutes(router, services);
  questionRoutes(router, services);
  linkRoutes(router, services);
  serverRoutes(router, services);
}
