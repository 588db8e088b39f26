/**
 * Failed tasks by their reason: a hundred files that are broken alike are told once.
 *
 * @module
 */
import type { Task } from 'fovea/client';

export interface Reason<T> {
  readonly reason: string;
  readonly tasks: readonly T[];
}

/** Most frequent first; equally frequent ones as they came. A picture's own name in a message makes no other reason. */
export function byReason<T extends Pick<Task, 'name' | 'error' | 'errorCode'>>(tasks: readonly T[]): Reason<T>[] {
  const reasons = new Map<string, T[]>();
  for (const task of tasks) {
    const told = task.error ?? task.errorCode ?? '';
    const reason = task.name === '' ? told : told.replaceAll(`"${task.name}"`, '"…"');
    const known = reasons.get(reason);
    if (known === undefined) reasons.set(reason, [task]);
    else known.push(task);
  }
  return [...reasons]
    .map(([reason, of]) => ({ reason, tasks: of }))
    .toSorted((a, b) => b.tasks.length - a.tasks.length);
}
