/**
 * What a planned change of a graph does to each policy, and how much work that is: what a person wants to know before it
 * is done.
 *
 * @module
 */
import type { PolicyChange } from '../contract/index.ts';
import { makesContents, sourcePolicy } from '../contract/index.ts';
import { takenTypes } from '../graph/index.ts';
import type { BackfillScope, PolicyRecord, Queryable } from '../store/index.ts';
import { countTaken } from '../store/index.ts';
import { keepGiven, standingVersion } from './graph-changes.ts';
import type { GraphsNow, PlannedChange } from './graph-changes.ts';

type Work = PlannedChange['work'];

/** @throws ConflictError where doing it would, because rows that were handed over would go. */
export async function describeChange(
  db: Queryable,
  namespace: string,
  { work, linked }: PlannedChange,
  { exists, policies }: GraphsNow,
): Promise<PolicyChange[]> {
  const changes: PolicyChange[] = [];
  for (const { graph, step } of work) {
    const change = { graph, policy: step.name, action: step.kind, reasons: [], contents: 0 };
    if (step.kind !== 'add' && step.kind !== 'change') {
      changes.push(change);
      continue;
    }
    const isBuiltAlready = step.kind === 'change' && isStanding(graph, step.to, work, policies);
    if (step.kind === 'change' && !isBuiltAlready) await keepGiven(db, namespace, step);
    const scope = scopeOf(graph, step.to, work, policies);
    const contents = exists && !isBuiltAlready ? await countTaken(db, namespace, scope) : 0;
    changes.push({ ...change, reasons: step.kind === 'change' ? [...step.reasons] : [], contents });
  }
  const gone = linked.map(({ graph, name }) => ({ graph, policy: name, action: 'remove' as const }));
  return [...changes, ...gone.map((change) => ({ ...change, reasons: [], contents: 0 }))];
}

type Wanted = Extract<Work[number]['step'], { readonly to: unknown }>['to'];

/** Whether the version in use is what is wanted, and stays. */
function isStanding(graph: string, wanted: Wanted, work: Work, policies: readonly PolicyRecord[]): boolean {
  return stepOf(sourcePolicy({ graph, contentSource: wanted.contentSource }), work)?.step.kind === 'change'
    ? false
    : standingVersion(policies, graph, wanted) !== undefined;
}

/** A source that is there is asked what has boxes; one that is new will look at all that it takes. */
function scopeOf(graph: string, wanted: Wanted, work: Work, policies: readonly PolicyRecord[]): BackfillScope {
  const { filter, contentSource } = wanted;
  const framesOf = policies.filter((each) => each.graph === graph && makesContents(each)).map(({ id }) => id);
  const own = { mimePatterns: takenTypes(wanted), filters: filter, framesOf };
  const source = sourcePolicy({ graph, contentSource });
  if (source === undefined) return own;
  const versions = policies.filter((each) => each.graph === source.graph && each.name === source.name);
  const known = versions.find(({ state }) => state === 'active') ?? versions[0];
  if (known !== undefined) return { ...own, contentSource: known };
  const added = stepOf(source, work);
  if (added?.step.kind !== 'add') return own;
  const { filters, contentSource: origin } = scopeOf(added.graph, added.step.to, work, policies);
  return { ...own, filters: [...filters, ...filter], contentSource: origin };
}

function stepOf(policy: { readonly graph: string; readonly name: string } | undefined, work: Work) {
  return work.find(({ graph, step }) => graph === policy?.graph && step.name === policy.name);
}
