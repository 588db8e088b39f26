/**
 * Collects everything that is wrong with a graph, so that a person sees it all at once.
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';
import type { InputIssue } from '../contract/index.ts';

/** Where something begins in a text; both count from 1, columns in UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Faults a message lists; `issues` of the error has all. */
const MAX_LISTED = 20;

export class Faults {
  readonly #issues: InputIssue[] = [];

  get count(): number {
    return this.#issues.length;
  }

  /** One fault. A second one at the same path with the same words is dropped. */
  add(path: string, message: string, place?: Place): void {
    if (this.#issues.some((issue) => issue.path === path && issue.message === message)) return;
    this.#issues.push({ path, message, ...place });
  }

  /** True where something was noted at that path. */
  has(path: string): boolean {
    return this.#issues.some((issue) => issue.path === path);
  }

  /** By line, those without one last; otherwise as they were found. */
  sorted(): InputIssue[] {
    return this.#issues.toSorted((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity) || 0);
  }

  /** @throws InvalidInputError that lists the faults, where there are any. */
  throwIfAny(graph: string | undefined): void {
    if (this.count > 0) throw graphError(graph, this.sorted());
  }
}

/** The error of a graph that is wrong: one fault in one line, several as a list. */
export function graphError(graph: string | undefined, issues: readonly InputIssue[]): InvalidInputError {
  const what = graph === undefined ? 'Cannot use graph' : `Cannot use graph "${graph}"`;
  const listed = issues.map((issue) => {
    const where = issue.line === undefined ? issue.path : `line ${issue.line}`;
    return where === '' ? issue.message : `${where}: ${issue.message}`;
  });
  if (listed.length <= 1) return new InvalidInputError(`${what}: ${listed[0] ?? 'it is wrong'}`, issues);
  const more = listed.length - MAX_LISTED;
  const lines = [...listed.slice(0, MAX_LISTED), ...(more > 0 ? [`and ${more} more`] : [])];
  return new InvalidInputError(
    `${what}: ${listed.length} faults\n${lines.map((each) => `  ${each}`).join('\n')}`,
    issues,
  );
}
