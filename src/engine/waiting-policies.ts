/**
 * Policies that wait for a model: it was missing when they were made, or a worker found its files missing or damaged since.
 * They are tried again by themselves, and pinned once the model is here.
 *
 * @module
 */
import { outputOf } from '../extractor/index.ts';
import type { PolicyRecord } from '../store/index.ts';
import { listNamespaces, repinPolicy, setPolicyWaiting, taskCounts, versionOf } from '../store/index.ts';
import type { EngineContext } from './context.ts';

/** How often a waiting policy is looked for. */
const LOOK_MS = 5_000;
/** A file that lies here may have been put right: trying costs a worker the reading of it. The wait doubles each time. */
const PRESENT_WAITS = { first: 10_000, longest: 300_000 };
/** A model that is to be fetched: a hub that doesn't answer holds a worker up for a minute. */
const ABSENT_WAITS = { first: 600_000, longest: 7_200_000 };

/** Tries waiting policies again, each after longer; to be stopped before the engine closes. */
export function retryWaitingPolicies(context: EngineContext): { stop(): Promise<void> } {
  const waits = new Map<string, { at: number; ms: number }>();
  let told: string | undefined;
  const look = async (): Promise<void> => {
    try {
      await tryDue(context, waits);
      told = undefined;
    } catch (error) {
      // At the next look again; a reason that stays, as where the database is away, is said once.
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== told) context.options.onNote(`Policies that wait for a model were not tried again: ${reason}`);
      told = reason;
    }
  };
  let looking: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, LOOK_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}

async function tryDue(context: EngineContext, waits: Map<string, { at: number; ms: number }>): Promise<void> {
  const waiting = await waitingPolicies(context);
  if (waiting.length === 0) return waits.clear();
  const absent = await absentModels(context);
  for (const { namespace, policy } of waiting) {
    const key = `${policy.id}.${policy.version}`;
    const { first, longest } = absent.has(policy.model ?? '') ? ABSENT_WAITS : PRESENT_WAITS;
    const due = waits.get(key) ?? { at: performance.now() + first, ms: first };
    waits.set(key, due);
    if (performance.now() < due.at) continue;
    const ms = Math.min(longest, due.ms * 2);
    waits.set(key, { at: performance.now() + ms, ms });
    await tryAgain(context, namespace, policy);
  }
}

/** Lets every policy that waits for a model be tried now: at a start, after a fetch, where somebody asks for it. */
export async function repinWaiting(context: EngineContext): Promise<void> {
  for (const { namespace, policy } of await waitingPolicies(context)) await tryAgain(context, namespace, policy);
}

interface Waiting {
  readonly namespace: string;
  readonly policy: PolicyRecord;
}

async function waitingPolicies({ database, registry, policies }: EngineContext): Promise<Waiting[]> {
  const found: Waiting[] = [];
  for (const namespace of await listNamespaces(database)) {
    for (const policy of await policies(namespace))
      if (policy.waitingFor !== undefined && registry.has(policy.extractor)) found.push({ namespace, policy });
  }
  return found;
}

async function absentModels({ models }: EngineContext): Promise<Set<string>> {
  return new Set((await models.list()).filter(({ state }) => state === 'absent').map(({ name }) => name));
}

async function tryAgain(context: EngineContext, namespace: string, policy: PolicyRecord): Promise<void> {
  const { database, registry, models } = context;
  // What its files say now may be anything; then it goes on waiting, for the reason that it has.
  const description = await registry
    .get(policy.extractor)
    .describe(policy.params, models)
    .catch(() => undefined);
  if (description === undefined || description.waitingFor !== undefined) return;
  const { params, space, model } = description;
  // A policy that is pinned to a space goes on with the files that make it, and with no others.
  if (policy.space !== undefined && policy.space !== space) return;
  if (policy.space === undefined && !(await hasResults(context, namespace, policy)))
    await repinPolicy(database, policy.id, policy.version, { params, output: outputOf(description), space, model });
  await setPolicyWaiting(database, policy.id, policy.version, null);
  context.coordinator.roster.forgive(versionOf(policy));
  context.planned(namespace);
}

async function hasResults(
  { database }: EngineContext,
  namespace: string,
  { id, version }: PolicyRecord,
): Promise<boolean> {
  const counts = await taskCounts(database, namespace);
  return counts.some((count) => count.policyId === id && count.version === version && count.done > 0);
}
