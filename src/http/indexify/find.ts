/**
 * What an address of the dialect names, or a sentence that says what there is.
 *
 * @module
 */
import { type Content, type Graph, NotFoundError, type PolicySpec } from '../../contract/index.ts';
import type { Services } from '../services.ts';
import { type ContentMetadata, readTrees, type Row, rowMetadata } from './content-metadata.ts';
import { type Address, readAddress } from './ids.ts';

/** What an id names. */
export type Found =
  | { readonly kind: 'content'; readonly content: Content }
  | { readonly kind: 'row'; readonly content: Content; readonly row: Row; readonly metadata: ContentMetadata };

/** @throws NotFoundError, also for what is no id. */
export function addressOf(namespace: string, id: string): Address {
  const address = readAddress(id);
  if (address === undefined) throw noContent(namespace, id);
  return address;
}

/** @throws NotFoundError for a row, and for what is no id. */
export async function findContent(services: Services, namespace: string, id: string): Promise<Content> {
  const { contentId, row } = addressOf(namespace, id);
  const content = await services.getContent(namespace, contentId);
  if (row === undefined) return content;
  throw new NotFoundError(
    'content',
    id,
    [],
    `it is a row that policy "${row.policy}" wrote, which goes and changes with its content "${id.split('.', 1).join('')}"`,
  );
}

/** @throws NotFoundError */
export async function find(services: Services, namespace: string, id: string): Promise<Found> {
  const { contentId, row: wanted } = addressOf(namespace, id);
  const content = await services.getContent(namespace, contentId);
  if (wanted === undefined) return { kind: 'content', content };
  const { graphs } = await services.listGraphs(namespace);
  const [tree] = await readTrees(services, namespace, [content], graphs);
  const row = tree?.rows.find(
    (each) => each.graph === wanted.graph && each.policy === wanted.policy && each.ord === wanted.ord,
  );
  if (tree === undefined || row === undefined) throw noContent(namespace, id);
  return { kind: 'row', content, row, metadata: rowMetadata(tree.root, row, graphs) };
}

/** Contents in the order of their ids; undefined for those that have gone meanwhile. */
export function findContents(
  services: Pick<Services, 'getContent'>,
  namespace: string,
  contentIds: readonly string[],
): Promise<readonly (Content | undefined)[]> {
  return Promise.all(
    contentIds.map(async (contentId) => {
      try {
        return await services.getContent(namespace, contentId);
      } catch (error) {
        if (error instanceof NotFoundError) return undefined;
        throw error;
      }
    }),
  );
}

/**
 * The graphs of these names.
 *
 * @throws NotFoundError with the names of the others.
 */
export async function findGraphs(
  services: Services,
  namespace: string,
  names: readonly string[],
): Promise<readonly Graph[]> {
  const { graphs } = await services.listGraphs(namespace);
  const known = graphs.map(({ name }) => name);
  return names.map((name) => {
    const graph = graphs.find((each) => each.name === name);
    if (graph === undefined) throw new NotFoundError('graph', name, known);
    return graph;
  });
}

/** @throws NotFoundError with the names of the graph's policies. */
export async function findPolicySpec(
  services: Services,
  namespace: string,
  graphName: string,
  policyName: string,
): Promise<PolicySpec> {
  const [graph] = await findGraphs(services, namespace, [graphName]);
  const policies = graph?.spec.policies ?? [];
  const policy = policies.find(({ name }) => name === policyName);
  if (policy !== undefined) return policy;
  throw new NotFoundError(
    'policy',
    policyName,
    policies.map(({ name }) => name),
  );
}

function noContent(namespace: string, id: string): NotFoundError {
  return new NotFoundError('content', id, [], `namespace "${namespace}" has none with that id`);
}
