/**
 * Tasks with their outcome, and how many there are of each.
 *
 * @module
 */
import { z } from 'zod';
import {
  type Content,
  type Graph,
  NotFoundError,
  parseInput,
  type Task,
  type TaskState,
} from '../../contract/index.ts';
import type { Services } from '../services.ts';
import { unixSeconds } from './content-metadata.ts';
import { addressOf, findContents, findGraphs, findPolicySpec } from './find.ts';
import { shownIds, taskId } from './ids.ts';
import type { DialectCall, DialectRouter } from './router.ts';
import { dialect } from './routes.ts';

/** Their numbers; in a query they are names. */
const OUTCOMES: Readonly<Record<TaskState, number>> = { waiting: 0, running: 0, failed: 1, done: 2 };

const STATES: Readonly<Record<'unknown' | 'success' | 'failed', readonly TaskState[]>> = {
  unknown: ['running', 'waiting'],
  success: ['done'],
  failed: ['failed'],
};

const MAX_PAGE = 1000;

const TaskQuery = z.object({
  extraction_graph: z.string().optional(),
  extraction_policy: z.string().optional(),
  content_id: z.string().default(''),
  outcome: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['', 'unknown', 'success', 'failed']))
    .default(''),
  start_id: z.string().default(''),
  limit: z.coerce.number<string>().int().min(1).max(MAX_PAGE).default(10),
});

export function taskRoutes(router: DialectRouter, services: Services): void {
  router.on(dialect.listTasks, (call) => list(services, call, undefined, undefined));
  router.on(dialect.listPolicyTasks, (call) => list(services, call, call.param('graph'), call.param('policy')));
  router.on(dialect.analytics, async ({ namespace, param }) => {
    const graph = param('graph');
    await findGraphs(services, namespace, [graph]);
    const { policies } = await services.status(namespace);
    // A version that is being built beside the one in use is the later one, and what is waited for.
    const latest = policies.filter((each) => each.graph === graph).toSorted((a, b) => a.version - b.version);
    return {
      task_analytics: Object.fromEntries(
        latest.map(({ policy, waiting, running, done, failed }) => [
          policy,
          { pending: waiting + running, success: done, failure: failed },
        ]),
      ),
    };
  });
}

async function list(services: Services, call: DialectCall, graph: string | undefined, policy: string | undefined) {
  const { namespace } = call;
  const query = readQuery(call);
  const graphName = graph ?? query.extraction_graph;
  const policyName = policy ?? query.extraction_policy;
  if (graphName !== undefined && policyName !== undefined) {
    await findPolicySpec(services, namespace, graphName, policyName);
  }
  const contentId = query.content_id === '' ? undefined : addressOf(namespace, query.content_id).contentId;
  const wanted = {
    ...(contentId === undefined ? {} : { contentId }),
    ...(graphName === undefined ? {} : { graph: graphName }),
    ...(policyName === undefined ? {} : { policy: policyName }),
  };
  const states = statesOf(query);
  const counted = await Promise.all(
    states.map((state) => services.listTasks(namespace, { limit: 1, ...wanted, state })),
  );
  const pages = pagesOf(services, namespace, wanted, states);
  return {
    tasks: await taskReplies(services, namespace, await behind(services, namespace, pages, query)),
    total: counted.reduce((sum, { total }) => sum + total, 0),
  };
}

type TaskFilter = Pick<Parameters<Services['listTasks']>[1], 'contentId' | 'graph' | 'policy'>;

async function* pagesOf(
  services: Services,
  namespace: string,
  wanted: TaskFilter,
  states: readonly (TaskState | undefined)[],
): AsyncGenerator<readonly Task[]> {
  for (const state of states) {
    let cursor: string | undefined;
    do {
      const page = await services.listTasks(namespace, { limit: MAX_PAGE, ...wanted, state, cursor });
      yield page.tasks;
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
}

/**
 * One page of tasks, behind the one of the id `start_id`, which is looked for from the first on.
 *
 * @throws NotFoundError where none has that id.
 */
async function behind(
  services: Services,
  namespace: string,
  pages: AsyncIterable<readonly Task[]>,
  { start_id: start, limit }: z.output<typeof TaskQuery>,
): Promise<readonly Task[]> {
  const found: Task[] = [];
  let isMet = start === '';
  for await (const tasks of pages) {
    const ids = isMet ? [] : await idsOf(services, namespace, tasks);
    const at = isMet ? 0 : ids.indexOf(start) + 1;
    isMet ||= at > 0;
    if (isMet) found.push(...tasks.slice(at, at + limit - found.length));
    if (found.length === limit) break;
  }
  if (!isMet) throw new NotFoundError('task', start, [], 'none of those that were asked for has that id');
  return found;
}

async function idsOf(services: Services, namespace: string, tasks: readonly Task[]): Promise<string[]> {
  const contentIds = tasks.map(({ contentId }) => contentId);
  const show = await shownIds(services, namespace, contentIds);
  return tasks.map(({ contentId, graph = '', policy }) => taskId(show(contentId), graph, policy));
}

function statesOf({ outcome }: z.output<typeof TaskQuery>): readonly (TaskState | undefined)[] {
  return outcome === '' ? [undefined] : STATES[outcome];
}

function readQuery({ query }: DialectCall): z.output<typeof TaskQuery> {
  const names = Object.keys(TaskQuery.shape);
  const given = names.flatMap((name) => (query.has(name) ? [[name, query.get(name)]] : []));
  return parseInput(TaskQuery, Object.fromEntries(given), 'list tasks');
}

async function taskReplies(services: Services, namespace: string, tasks: readonly Task[]) {
  const { graphs } = await services.listGraphs(namespace);
  const ids = tasks.map(({ contentId }) => contentId);
  const show = await shownIds(services, namespace, ids);
  const contents = await findContents(services, namespace, ids);
  return contents.flatMap((content, at) => {
    const task = tasks[at];
    return task === undefined || content === undefined
      ? []
      : [taskReply(namespace, graphs, task, content, show(content.contentId))];
  });
}

function taskReply(namespace: string, graphs: readonly Graph[], task: Task, content: Content, id: string) {
  const graph = task.graph ?? '';
  const policy = graphs.find(({ name }) => name === graph)?.spec.policies.find(({ name }) => name === task.policy);
  return {
    id: taskId(id, graph, task.policy),
    extractor: policy?.extractor ?? task.policy,
    extraction_policy_id: `${graph}.${task.policy}`,
    output_index_table_mapping: {},
    namespace,
    content_metadata: {
      id,
      parent_id: '',
      root_content_id: '',
      namespace,
      name: content.name,
      content_type: content.mimeType,
      labels: content.labels,
      storage_url: content.locations[0]?.uri ?? '',
      created_at: unixSeconds(content),
      source: '',
      size_bytes: content.sizeBytes,
      tombstoned: false,
      hash: content.sha256,
      extraction_policy_ids: {},
    },
    input_params: JSON.stringify(
      policy === undefined || Object.keys(policy.params).length === 0 ? null : policy.params,
    ),
    outcome: OUTCOMES[task.state],
    index_tables: [],
    error: task.error,
  };
}
