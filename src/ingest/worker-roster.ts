/**
 * Who works: what each worker said of itself, what it holds, when it was heard of, and which policies it refuses. Kept in
 * memory; a server that starts anew hears of its workers within seconds.
 *
 * @module
 */
import type { ClaimRequest, WorkerInfo, WorkerState } from '../contract/index.ts';

/** Supervisors send a heartbeat twice in this time, and workers without work ask for some. */
const SILENT_MS = 60_000;
/** Those that are gone are shown for so long. */
const REMEMBERED_MS = 60 * 60_000;
/** Of those that are gone; whoever has a key could make up any number. */
const MOST = 200;
/** A file that was missing may have come, another may have been put right. */
const REFUSAL_MS = 5 * 60_000;

/** A policy version by id, and as people know it. */
export interface NamedPolicy {
  readonly policyId: number;
  readonly version: number;
  /** `<graph>.<policy>` */
  readonly name: string;
}

interface Lease {
  readonly contents: number;
  readonly policies: readonly string[];
  readonly since: number;
}

interface Refusal extends NamedPolicy {
  readonly reason: string;
  readonly at: number;
}

interface Entry {
  readonly id: string;
  local: boolean;
  host: string | null;
  version: string | null;
  extractors: readonly string[] | null;
  readonly startedAt: number;
  seenAt: number;
  gone: 'stopped' | 'died' | undefined;
  completed: number;
  readonly leases: Map<string, Lease>;
  readonly refusals: Map<string, Refusal>;
}

export class WorkerRoster {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;

  /** @param now Milliseconds since 1970, which never go back, as the system's clock may. */
  constructor(now: () => number = () => performance.timeOrigin + performance.now()) {
    this.#now = now;
  }

  /** A worker asks for tasks. */
  asked({ workerId, worker, extractors, picture }: ClaimRequest, local: boolean): void {
    const entry = this.#heard(workerId);
    entry.local = local;
    // Its loop for extractors that run apart asks for these only, and without built-in tasks: that is not all it takes.
    if (picture !== false) entry.extractors = extractors ?? null;
    entry.host = worker?.host ?? entry.host;
    entry.version = worker?.version ?? entry.version;
  }

  /** A sign of life. */
  heard(workerId: string): void {
    this.#heard(workerId);
  }

  /** It got tasks: an answer, and no sign of life, since it may have ended while it waited. */
  leased(workerId: string, token: string, contents: number, policies: readonly string[]): void {
    const entry = this.#entries.get(workerId);
    if (entry?.gone === undefined) entry?.leases.set(token, { contents, policies, since: this.#now() });
  }

  /** A lease is over: handed in, or given back, which its supervisor does when it has ended. */
  released(workerId: string, token: string, completed = 0): void {
    const entry = this.#entries.get(workerId);
    if (entry === undefined) return;
    entry.completed += completed;
    entry.leases.delete(token);
  }

  /** It can't serve a policy. */
  refused(workerId: string, policy: NamedPolicy, reason: string): void {
    this.#heard(workerId).refusals.set(keyOf(policy), { ...policy, reason, at: this.#now() });
  }

  /** Lets this server's own workers try a policy again at once: what they refused it for may have been put right. */
  forgive(policy: Omit<NamedPolicy, 'name'>): void {
    for (const { local, refusals } of this.#entries.values()) if (local) refusals.delete(keyOf(policy));
  }

  /** Its process has ended. */
  left(workerId: string, how: 'stopped' | 'died'): void {
    const entry = this.#heard(workerId);
    entry.gone = how;
    entry.leases.clear();
  }

  /** Whether this server started it; false for one that was never heard of. */
  isLocal(workerId: string): boolean {
    return this.#entries.get(workerId)?.local ?? false;
  }

  refuses(workerId: string, policy: Omit<NamedPolicy, 'name'>): boolean {
    const entry = this.#entries.get(workerId);
    return entry !== undefined && this.#refusal(entry, policy) !== undefined;
  }

  /** Why nobody does a policy: where all who live and take its extractor refuse it, and there is one, its reason. */
  refusedByAll(policy: Omit<NamedPolicy, 'name'> & { readonly extractor: string }): string | undefined {
    const takers = this.#living().filter(({ extractors }) => extractors?.includes(policy.extractor) ?? true);
    const refusals = takers.map((entry) => ({ id: entry.id, refusal: this.#refusal(entry, policy) }));
    const [first] = refusals;
    if (first?.refusal === undefined || refusals.some(({ refusal }) => refusal === undefined)) return undefined;
    return `worker ${first.id} refuses it: ${first.refusal.reason}`;
  }

  /** Ids of those that were heard of within a minute and have not ended. */
  living(): string[] {
    return this.#living().map(({ id }) => id);
  }

  /** All that are known, those at work first, then by when they were heard of last. */
  list(): WorkerInfo[] {
    this.#forget();
    return [...this.#entries.values()]
      .map((entry) => this.#describe(entry))
      .toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || (a.seenAt < b.seenAt ? 1 : -1));
  }

  #living(): Entry[] {
    return [...this.#entries.values()].filter((entry) => !isGone(this.#stateOf(entry)));
  }

  #heard(id: string): Entry {
    const now = this.#now();
    const known = this.#entries.get(id);
    // The last to have been heard of is the last of the map.
    this.#entries.delete(id);
    const entry = known ?? newEntry(id, now);
    entry.seenAt = now;
    entry.gone = undefined;
    this.#entries.set(id, entry);
    this.#forget();
    return entry;
  }

  #stateOf({ gone, seenAt, leases }: Entry): WorkerState {
    if (gone !== undefined) return gone;
    if (seenAt < this.#now() - SILENT_MS) return 'lost';
    return leases.size > 0 ? 'working' : 'waiting';
  }

  #refusal(entry: Entry, policy: Omit<NamedPolicy, 'name'>): Refusal | undefined {
    const refusal = entry.refusals.get(keyOf(policy));
    return refusal !== undefined && refusal.at >= this.#now() - REFUSAL_MS ? refusal : undefined;
  }

  #describe(entry: Entry): WorkerInfo {
    const { id, host, version, local, extractors, startedAt, seenAt, completed } = entry;
    const state = this.#stateOf(entry);
    const refusals = [...entry.refusals.values()].filter((each) => this.#refusal(entry, each) !== undefined);
    return {
      id,
      host,
      version,
      local,
      extractors: extractors === null ? null : [...extractors],
      state,
      startedAt: timeOf(startedAt),
      seenAt: timeOf(seenAt),
      doing: state === 'working' ? doingOf([...entry.leases.values()]) : null,
      completed,
      refuses: refusals.map(({ name, version: policyVersion, reason }) => ({
        policy: name,
        version: policyVersion,
        reason,
      })),
    };
  }

  #forget(): void {
    const oldest = this.#now() - REMEMBERED_MS;
    for (const [id, entry] of this.#entries) {
      const isOld = entry.seenAt < oldest || this.#entries.size > MOST;
      if (isOld && isGone(this.#stateOf(entry))) this.#entries.delete(id);
    }
  }
}

const ORDER: readonly WorkerState[] = ['working', 'waiting', 'lost', 'died', 'stopped'];

function newEntry(id: string, now: number): Entry {
  const unknown = { local: false, host: null, version: null, extractors: null, gone: undefined, completed: 0 };
  return { id, ...unknown, startedAt: now, seenAt: now, leases: new Map(), refusals: new Map() };
}

/** A worker claims the next contents while it is at these. */
function doingOf(leases: readonly Lease[]): WorkerInfo['doing'] {
  const since = Math.min(...leases.map((lease) => lease.since));
  const policies = [...new Set(leases.flatMap((lease) => lease.policies))];
  return { contents: leases.reduce((sum, { contents }) => sum + contents, 0), policies, since: timeOf(since) };
}

function isGone(state: WorkerState): boolean {
  return state === 'stopped' || state === 'died' || state === 'lost';
}

function keyOf({ policyId, version }: Omit<NamedPolicy, 'name'>): string {
  return `${policyId}.${version}`;
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
