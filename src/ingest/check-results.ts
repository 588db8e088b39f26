/**
 * Results of workers elsewhere, held against what their policies declare. Workers of this server check theirs themselves
 * (`extractor/run-batch.ts`), on their own time.
 *
 * @module
 */
import type { CompleteRequest, ContentResult } from '../contract/index.ts';
import { InvalidInputError } from '../contract/index.ts';
import { rowChecker } from '../extractor/row-schema.ts';
import type { PolicyRecord } from '../store/index.ts';

/** @throws InvalidInputError that names the worker, the policy and what is wrong; unknown policies are let through. */
export function checkResults(
  { workerId }: Pick<CompleteRequest, 'workerId'>,
  results: readonly ContentResult[],
  known: readonly PolicyRecord[],
): void {
  for (const policy of known) {
    const tasks = results
      .flatMap((result) => result.tasks)
      .filter(({ policyId, version }) => policyId === policy.id && version === policy.version);
    if (tasks.length === 0) continue;
    const check = rowChecker(policy.output);
    for (const { rows = [] } of tasks) {
      try {
        check(rows);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const what = `Cannot store results of worker "${workerId}" for policy "${policy.graph}.${policy.name}"`;
        throw new InvalidInputError(`${what}: ${reason}`, [], { cause: error });
      }
    }
  }
}
