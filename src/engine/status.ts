/**
 * The progress of a namespace, and why nothing was extracted.
 *
 * @module
 */
import type { PolicyProgress, Status } from '../contract/index.ts';
import { isGiven } from '../contract/index.ts';
import type { RateMeter, WorkerRoster } from '../ingest/index.ts';
import type { Database, PolicyRecord, TaskCount } from '../store/index.ts';
import {
  contentCounts,
  givenCounts,
  listProblems,
  PICTURE_POLICY,
  policiesOf,
  sourceVersion,
  taskCounts,
} from '../store/index.ts';
import { whyWaiting } from './content-progress.ts';

export interface StatusDependencies {
  readonly database: Database;
  readonly rates: RateMeter;
  readonly roster: WorkerRoster;
  /** True where this engine was asked to run no workers: then others may, elsewhere. */
  readonly withoutWorkers: boolean;
  /** Why workers get no tasks at present. */
  readonly trouble: string | undefined;
}

export async function namespaceStatus(
  { database, rates, roster, withoutWorkers, trouble }: StatusDependencies,
  namespace: string,
): Promise<Status> {
  const policies = await policiesOf(database, namespace);
  const [tasks, given] = await Promise.all([
    taskCounts(database, namespace),
    givenCounts(database, namespace, policies.filter(isGiven)),
  ]);
  // Behind the tasks: where these say that nothing is open any more, the contents must be counted as they are then.
  const [contents, unreadable] = await Promise.all([
    contentCounts(database, namespace),
    listProblems(database, namespace, 100),
  ]);
  const counts = [...tasks, ...given];
  const progress = policies.map((policy) =>
    policyProgress(policy, counts, rates.perSecond(`${namespace}/${policy.id}.${policy.version}`), roster),
  );
  const workers = roster.living().length;
  const pictures = counts.find(({ policyId }) => policyId === PICTURE_POLICY.policyId);
  const busy =
    isOpen(pictures) || progress.some((policy) => policy.waitingFor === null && policy.waiting + policy.running > 0);
  const perSecond = rates.perSecond(namespace);
  const open = Math.max(
    pictures?.waiting ?? 0,
    ...progress.filter(({ waitingFor }) => waitingFor === null).map(({ waiting, running }) => waiting + running),
  );
  return {
    namespace,
    ...contents,
    perSecond: round(perSecond),
    secondsLeft: busy && perSecond > 0 ? Math.ceil(open / perSecond) : null,
    busy,
    policies: progress,
    workers,
    unreadableFiles: {
      total: unreadable.total,
      problems: unreadable.problems.map(({ path, code, message }) => ({ path, code, message })),
    },
    notes: notes({
      unreadable: unreadable.total,
      contents: contents.contents,
      failed: contents.failedContents,
      policies,
      progress,
      busy,
      withoutWorkers: withoutWorkers && workers === 0,
      trouble,
    }),
  };
}

function policyProgress(
  policy: PolicyRecord,
  counts: readonly TaskCount[],
  perSecond: number,
  roster: WorkerRoster,
): PolicyProgress {
  const own = counts.find(({ policyId, version }) => policyId === policy.id && version === policy.version);
  const { waiting = 0, running = 0, done = 0, failed = 0 } = own ?? {};
  return {
    graph: policy.graph,
    policy: policy.name,
    version: policy.version,
    state: policy.state,
    waiting,
    running,
    done,
    failed,
    perSecond: round(perSecond),
    secondsLeft: perSecond > 0 && waiting + running > 0 ? Math.ceil((waiting + running) / perSecond) : null,
    waitingFor: whyWaiting(policy, roster) ?? null,
    model: policy.model ?? null,
  };
}

interface NoteFacts {
  readonly unreadable: number;
  readonly contents: number;
  readonly failed: number;
  readonly policies: readonly PolicyRecord[];
  readonly progress: readonly PolicyProgress[];
  readonly busy: boolean;
  readonly withoutWorkers: boolean;
  readonly trouble: string | undefined;
}

/** Whether a policy has no task, and none will come of what its source still does. */
function tookNothing(
  policy: PolicyRecord,
  policies: readonly PolicyRecord[],
  progress: readonly PolicyProgress[],
): boolean {
  const tasks = (of: PolicyRecord | undefined): PolicyProgress | undefined =>
    progress.find(
      ({ graph, policy: name, version }) => of?.graph === graph && of.name === name && of.version === version,
    );
  const own = tasks(policy);
  if (isGiven(policy) || own === undefined || own.waiting + own.running + own.done + own.failed > 0) return false;
  const source = tasks(sourceVersion(policy, policies));
  return source === undefined || (source.waiting + source.running === 0 && source.done > 0);
}

function notes(facts: NoteFacts): string[] {
  const { unreadable, contents, failed, policies, progress, busy, withoutWorkers, trouble } = facts;
  const sentences: string[] = [];
  if (contents === 0) sentences.push('There are no contents yet: add some with "fovea add <folder>"');
  if (contents > 0 && policies.length === 0) {
    sentences.push('Nothing is extracted: this namespace has no graph; apply one with "fovea graph apply <file>"');
  }
  for (const { graph, policy, waiting, waitingFor } of progress) {
    if (waitingFor !== null && waiting > 0)
      sentences.push(`"${graph}.${policy}" waits with ${waiting} pictures: ${waitingFor}`);
  }
  for (const { graph, name } of policies.filter((policy) => contents > 0 && tookNothing(policy, policies, progress))) {
    sentences.push(`"${graph}.${name}" took no content: none has a type and labels that it takes`);
  }
  if (busy && trouble !== undefined) sentences.push(`Tasks wait, and are tried again by themselves: ${trouble}`);
  if (busy && withoutWorkers)
    sentences.push(
      'Tasks wait: no worker runs; start the server with "fovea server", or workers for it with "fovea worker"',
    );
  if (failed > 0)
    sentences.push(
      `${failed} ${failed === 1 ? 'content' : 'contents'} could not be read or indexed: see "fovea status --failed"`,
    );
  if (unreadable > 0) {
    sentences.push(
      `${unreadable} ${unreadable === 1 ? 'file' : 'files'} could not be read: see "fovea status --failed"`,
    );
  }
  return sentences;
}

const isOpen = (count: TaskCount | undefined): boolean => count !== undefined && count.waiting + count.running > 0;
const round = (value: number): number => Math.round(value * 10) / 10;
