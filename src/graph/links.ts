/**
 * Links between graphs: the policies of one that start at contents run on the boxes, too, that a policy of another finds.
 *
 *     graph photos, policy objects ──link──► graph faces:   faces.embed                              (contents)
 *                                                            faces.embed_of_photos_objects            (boxes of photos.objects)
 *
 * A policy that takes boxes of another graph names it in its `contentSource`, as `photos.objects`. Rows and indexes are those
 * of the graph that was linked to. Every graph sees all contents, so a link from these has nothing to do.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { indexName, MAX_INDEX_NAME_BYTES, seenFrom, sourcePolicy, takesFrom } from '../contract/index.ts';
import type { GraphLinkRecord, OutputSpec, Policy } from '../contract/index.ts';

type Named = Pick<Policy, 'graph' | 'name'>;
type Sourced = Named & Pick<Policy, 'version' | 'contentSource'>;

/** Hexadecimal digits that tell shortened names apart. */
const DIGEST_LENGTH = 6;

/**
 * Name of the policy that a link makes beside `policy` of graph `graph`: `<policy>_of_<graph>_<source>`, shortened where the
 * database would not take it.
 */
export function linkedPolicyName(graph: string, policy: string, source: Named, output: OutputSpec): string {
  const name = `${policy}_of_${source.graph}_${source.name}`;
  const longest = Math.max(
    Buffer.byteLength(`${graph}.`),
    ...Object.keys(output.vectors).map((vector) => Buffer.byteLength(indexName(graph, '', vector))),
  );
  const room = MAX_INDEX_NAME_BYTES - longest;
  if (name.length <= room) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGEST_LENGTH);
  return `${name.slice(0, Math.max(1, room - DIGEST_LENGTH - 1))}_${digest}`;
}

/** Graphs on the way from one to another along links, both included; undefined where no link leads there. */
export function wayBetween(links: readonly GraphLinkRecord[], from: string, to: string): string[] | undefined {
  const ways = new Map<string, string[]>([[from, [from]]]);
  for (const [graph, way] of ways) {
    if (graph === to) return way;
    for (const { linkedGraph } of links.filter((link) => link.graph === graph)) {
      if (!ways.has(linkedGraph)) ways.set(linkedGraph, [...way, linkedGraph]);
    }
  }
  return undefined;
}

/** A policy with its name and source as they read in one graph; `policy` is itself. */
export interface SeenPolicy<T> {
  readonly name: string;
  readonly contentSource: string | undefined;
  readonly policy: T;
}

/** The newest version of each policy, named as graph `graph` names it. */
export function policiesSeenFrom<T extends Sourced>(graph: string, policies: readonly T[]): SeenPolicy<T>[] {
  const newest = new Map<string, T>();
  for (const policy of policies.toSorted((a, b) => a.version - b.version)) newest.set(seenFrom(graph, policy), policy);
  return [...newest].map(([name, policy]) => {
    const source = sourcePolicy(policy);
    return { name, contentSource: source === undefined ? undefined : seenFrom(graph, source), policy };
  });
}

/**
 * What takes, at any depth, from policies that go.
 *
 * @returns `linked`: runs on boxes of another graph because of a link, and goes with its source; `written`: somebody wrote that
 * source into a graph.
 */
export function takersOf<T extends Sourced>(
  going: readonly Named[],
  policies: readonly T[],
  links: readonly GraphLinkRecord[],
): { readonly linked: T[]; readonly written: T[] } {
  const gone: Named[] = [...going];
  const linked: T[] = [];
  const written: T[] = [];
  // What is found goes too, and is looked at in its turn.
  for (const each of gone) {
    for (const policy of policies) {
      if (!takesFrom(policy, each) || [...gone, ...written].some((other) => isSame(other, policy))) continue;
      const isLinked = links.some(
        (link) =>
          link.graph === each.graph &&
          link.contentSource === each.name &&
          link.linkedGraph === policy.graph &&
          policy.graph !== each.graph,
      );
      (isLinked ? linked : written).push(policy);
      gone.push(policy);
    }
  }
  return { linked, written };
}

function isSame(a: Named, b: Named): boolean {
  return a.graph === b.graph && a.name === b.name;
}
