/**
 * Namespaces come into being when they are first written to; reading one that isn't there says so.
 *
 * @module
 */
import { InvalidInputError, NamespaceName, NotFoundError } from '../contract/index.ts';
import { ensureNamespace, listNamespaces } from '../store/index.ts';
import type { EngineContext } from './context.ts';

/** Makes the namespace if it is not there. */
export async function createNamespace({ database, namespaces }: EngineContext, name: string): Promise<void> {
  if (namespaces.has(name)) return;
  const parsed = NamespaceName.safeParse(name);
  if (!parsed.success)
    throw new InvalidInputError(
      `Cannot use namespace "${name}": it ${parsed.error.issues.map(({ message }) => message).join('; ')}`,
    );
  await ensureNamespace(database, name);
  namespaces.add(name);
}

/** @throws NotFoundError for a namespace that nobody made. */
export async function requireNamespace({ database, namespaces }: EngineContext, name: string): Promise<void> {
  if (namespaces.has(name)) return;
  const known = await listNamespaces(database);
  if (!known.includes(name)) throw new NotFoundError('namespace', name, known);
  namespaces.add(name);
}
