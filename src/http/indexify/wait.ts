/**
 * Waiting: until everything is extracted from one content, and for what a policy finishes next.
 *
 * The old server waited without end and called a failure a success. Here the reply says how the tasks ended; where some
 * can't end it is an error, which those clients raise, in place of a success that is none.
 *
 * @module
 */
import { z } from 'zod';
import { parseInput, TimeoutError, UnavailableError } from '../../contract/index.ts';
import { errorReply } from '../errors.ts';
import { createEventStreams } from '../event-streams.ts';
import { createGate } from '../gate.ts';
import type { Services } from '../services.ts';
import { eventReply } from '../stream.ts';
import { readTrees } from './content-metadata.ts';
import { addressOf, findContents, findPolicySpec } from './find.ts';
import type { DialectCall, DialectRouter } from './router.ts';
import { dialect } from './routes.ts';

/** Proxies and people give up sooner than a library is indexed; who wants to wait longer asks again. */
const DEFAULT_WAIT_SECONDS = 600;
const MAX_WAIT_SECONDS = 3600;

const WaitQuery = z.object({
  timeout: z.coerce.number<string>().min(0).max(MAX_WAIT_SECONDS).default(DEFAULT_WAIT_SECONDS),
});
const NewsQuery = z.object({ offset: z.coerce.number<string>().int().min(0).default(0) });

export function waitRoutes(router: DialectRouter, services: Services): void {
  const { settings } = router;
  const waiters = createGate('another wait', settings.limits.eventStreams, 0);
  router.on(dialect.wait, (call) => waiters.enter(() => wait(services, call)));

  const openStream = createEventStreams(settings.limits.eventStreams);
  router.on(dialect.newContent, async (call) => {
    const { namespace, request, param } = call;
    const [graph, policy] = [param('graph'), param('policy')];
    const { offset } = parseInput(
      NewsQuery,
      { offset: call.query.get('offset') ?? undefined },
      'follow what a policy finishes',
    );
    await findPolicySpec(services, namespace, graph, policy);
    if (request.method === 'HEAD') return new Response(null, { headers: { 'Content-Type': 'text/event-stream' } });
    const { revoked, endWith } = openStream(call.isStillKnown);
    const open = (ended: AbortSignal) => {
      endWith(ended);
      return news(services, call, { graph, policy, offset }, ended);
    };
    const describe = (error: unknown) => errorReply(error, request, settings.log).body;
    const { heartbeatMs } = settings;
    return eventReply(open, AbortSignal.any([request.signal, revoked]), { heartbeatMs, describe });
  });
}

async function wait(services: Services, { namespace, param, query, request, warn }: DialectCall) {
  const id = param('contentId');
  const { timeout } = parseInput(WaitQuery, { timeout: query.get('timeout') ?? undefined }, 'wait for extraction');
  const { contentId } = addressOf(namespace, id);
  await services.getContent(namespace, contentId);
  const { signal } = request;
  const state = await services.waitForContent(namespace, contentId, { timeoutMs: timeout * 1000, signal });
  const { open, failed, done, waitingFor } = state;
  const ended = `${done} are done, ${failed} failed`;
  if (open > 0) {
    throw new TimeoutError(
      `wait for content "${id}"`,
      timeout * 1000,
      `${tasks(open)} still open, ${ended}; wait again, or longer with "?timeout=<seconds>"`,
    );
  }
  if (waitingFor.length > 0) {
    throw new UnavailableError(`Cannot extract everything from content "${id}": ${waitingFor.join('; ')}; ${ended}`);
  }
  if (failed > 0) warn(`${tasks(failed)} of content "${id}" failed; "…/tasks" tells why`);
  return { open, failed, done };
}

function tasks(count: number): string {
  return count === 1 ? '1 task' : `${count} tasks`;
}

interface News {
  readonly graph: string;
  readonly policy: string;
  readonly offset: number;
}

async function* news(
  services: Services,
  { namespace }: DialectCall,
  { graph, policy, offset }: News,
  signal: AbortSignal,
) {
  for await (const finished of services.newContent(namespace, graph, policy, offset, signal)) {
    const [content] = await findContents(services, namespace, [finished.contentId]);
    const [tree] = content === undefined ? [] : await readTrees(services, namespace, [content]);
    if (tree !== undefined) yield { type: 'message', content: tree.root, offset: finished.offset };
  }
}
