/**
 * Policies of namespaces, read once and remembered until somebody says that they changed.
 *
 * @module
 */
import type { Database, PolicyRecord } from '../store/index.ts';
import { policiesOf } from '../store/index.ts';

export interface PolicyMemory {
  get(namespace: string): Promise<readonly PolicyRecord[]>;
  forget(namespace: string): void;
}

export function createPolicyMemory(database: Database): PolicyMemory {
  const remembered = new Map<string, Promise<readonly PolicyRecord[]>>();
  return {
    get(namespace) {
      const known = remembered.get(namespace) ?? policiesOf(database, namespace);
      remembered.set(namespace, known);
      known.catch(() => remembered.delete(namespace));
      return known;
    },
    forget: (namespace) => {
      remembered.delete(namespace);
    },
  };
}
