/**
 * Moving over from a running Indexify server: its graphs, contents and labels. What is here already is not fetched again,
 * so an import that broke off is done again.
 *
 * @module
 */
import type { FoveaClient } from '../../client/index.ts';
import { InvalidInputError, NamespaceName, NotFoundError } from '../../contract/index.ts';
import { copyContents } from './copy-contents.ts';
import type { CopiedContents, ImportProblem } from './copy-contents.ts';
import { copyGraph } from './copy-graphs.ts';
import type { CopiedGraph } from './copy-graphs.ts';
import { openOldServer } from './old-server.ts';
import type { OldServer } from './old-server.ts';

export type { CopiedContents, CopiedGraph, ImportProblem };

export interface ImportOptions {
  /** Of the old server, e.g. `http://old:8900`. */
  readonly url: string;
  /** As the old server calls them; absent: all. */
  readonly namespaces?: readonly string[];
  /** What the one namespace is called here; absent: as there. */
  readonly into?: string;
  /** Told after each content. */
  readonly onProgress?: (namespace: string, counts: Readonly<CopiedContents>) => void;
  readonly signal?: AbortSignal;
}

/** What became of one namespace. */
export interface ImportedNamespace {
  readonly namespace: string;
  readonly into: string;
  readonly graphs: readonly CopiedGraph[];
  readonly contents: Readonly<CopiedContents>;
}

/**
 * Copies what lacks, namespace by namespace.
 *
 * @param client Of the server that it goes to; its namespace plays no part.
 * @throws InvalidInputError where the address is no Indexify server, or a namespace can't be called so here; NotFoundError for
 * a namespace that it has not; UnavailableError where nothing answers.
 */
export async function importIndexify(
  client: FoveaClient,
  { url, namespaces, into, onProgress = () => undefined, signal }: ImportOptions,
): Promise<ImportedNamespace[]> {
  const old = openOldServer(url, signal);
  const wanted = await namesOf(old, namespaces, into);
  const done: ImportedNamespace[] = [];
  for (const { from, to } of wanted) {
    await client.namespaces.create(to);
    const target = client.withNamespace(to);
    const graphs = await old.graphs(from);
    const copied: CopiedGraph[] = [];
    // Before the contents: these are then extracted as they come.
    for (const graph of graphs) copied.push(await copyGraph(target, graph));
    const contents = await copyContents(old, target, {
      namespace: from,
      graphs: graphs.map(({ name }) => name),
      onProgress: (counts) => onProgress(from, counts),
    });
    done.push({ namespace: from, into: to, graphs: copied, contents });
  }
  return done;
}

async function namesOf(
  old: OldServer,
  asked: readonly string[] | undefined,
  into: string | undefined,
): Promise<{ from: string; to: string }[]> {
  const known = await old.namespaces();
  const wanted = asked ?? known;
  if (into !== undefined && wanted.length !== 1)
    throw new InvalidInputError(
      `Cannot import ${wanted.length} namespaces into "${into}": name the one that goes there`,
    );
  return wanted.map((from) => {
    if (!known.includes(from)) throw new NotFoundError('namespace', from, known);
    const to = into ?? from;
    const fault = NamespaceName.safeParse(to).error?.issues[0]?.message;
    if (fault !== undefined)
      throw new InvalidInputError(
        `Cannot import namespace "${from}" as "${to}": a name here ${fault}; import it alone, into another name`,
      );
    return { from, to };
  });
}
