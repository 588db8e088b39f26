/**
 * What the server says of a graph's text while it is written: what is wrong where, or what applying it would change.
 *
 * @module
 */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type GraphChange, InvalidInputError } from 'fovea/client';
import { useEffect, useMemo, useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import type { CodeFault } from '../../components/CodeEditor.tsx';

/** A text is checked once nothing was typed for this long: milliseconds. */
const SETTLE_MS = 350;

export interface Check {
  /** What applying the text would do; undefined where it is wrong, or not known yet. */
  readonly change: GraphChange | undefined;
  /** What is wrong with the text. */
  readonly faults: readonly CodeFault[];
  /** The text could not be checked. */
  readonly error: Error | undefined;
  /** What is told is not about the text as it is now. */
  readonly isStale: boolean;
}

const NONE: readonly CodeFault[] = [];

export function useCheck(text: string, { prune }: { readonly prune: boolean }): Check {
  const fovea = useFovea();
  const settled = useSettled(text);
  const { data, error, isPlaceholderData, isFetching } = useQuery({
    queryKey: [fovea.namespace, 'graphs', 'check', settled, prune],
    queryFn: async ({ signal }) => {
      try {
        return { change: await fovea.graphs.apply(settled, { dryRun: true, prune, signal }), issues: undefined };
      } catch (reason) {
        if (reason instanceof InvalidInputError) return { change: undefined, issues: reason };
        throw reason;
      }
    },
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  const issues = data?.issues;
  const faults = useMemo(() => (issues === undefined ? NONE : faultsOf(issues)), [issues]);
  return {
    change: data?.change,
    faults,
    error: error ?? undefined,
    isStale: settled !== text || isPlaceholderData || (isFetching && data === undefined),
  };
}

/** One without an issue of its own is told by its message. */
function faultsOf({ message, issues }: InvalidInputError): readonly CodeFault[] {
  if (issues.length === 0) return [{ message }];
  return issues.map((issue) => ({ message: issue.message, line: issue.line, column: issue.column }));
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
