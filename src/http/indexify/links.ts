/**
 * Links between graphs: what a policy of one makes goes to the policies of another too.
 *
 * @module
 */
import { z } from 'zod';
import type { Services } from '../services.ts';
import type { DialectRouter } from './router.ts';
import { dialect } from './routes.ts';

const LinkBody = z.object({ content_source: z.string(), linked_graph_name: z.string() });

export function linkRoutes(router: DialectRouter, services: Services): void {
  router.on(dialect.listLinks, async ({ namespace, param }) => {
    const { links } = await services.listLinks(namespace, param('graph'));
    return links.map(({ contentSource, linkedGraph }) => ({
      content_source: contentSource,
      linked_graph_name: linkedGraph,
    }));
  });
  router.on(dialect.linkGraphs, async (call) => {
    const { content_source: contentSource, linked_graph_name: linkedGraph } = await call.body(LinkBody, 'link graphs');
    const { warnings } = await services.linkGraphs(call.namespace, call.param('graph'), { contentSource, linkedGraph });
    warnings.forEach(call.warn);
  });
}
