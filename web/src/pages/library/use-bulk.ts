/**
 * Changes of what is selected, told when they are made: how many, and what could not be.
 *
 * @module
 */
import type { LabelChange } from 'fovea/client';
import { useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { texts } from '../../texts.ts';
import { type BatchOutcome, inBatches } from '../../api/batches.ts';
import { applyChange } from './label-edit.ts';
import type { Filter } from './params.ts';
import type { Selectable } from './selection.ts';
import type { Contents } from './use-contents.ts';
import type { Selecting } from './use-selection.ts';

/** Contents of one request while all are being selected. */
const PAGE = 1000;

export interface Bulk {
  /** Of the last change, for those who listen too. */
  readonly told: string;
  readonly failure: Error | undefined;
  readonly collecting: number | undefined;
  readonly selectAll: () => Promise<void>;
  readonly label: (change: Required<LabelChange>) => Promise<void>;
  /** Absent: everything that failed. */
  readonly retry: (contentIds?: readonly string[]) => Promise<void>;
  readonly deleted: (contentIds: readonly string[], reasons: readonly string[]) => Promise<void>;
}

export function useBulk(filter: Filter, contents: Contents, selecting: Selecting): Bulk {
  const fovea = useFovea();
  const [told, setTold] = useState('');
  const [failure, setFailure] = useState<Error>();
  const [collecting, setCollecting] = useState<number>();
  const words = texts.library;
  const ids = (): string[] => [...selecting.items.keys()];
  const tell = async (text: string, reasons: readonly string[]): Promise<void> => {
    setTold(text);
    setFailure(reasons.length > 0 ? new Error(reasons.join('\n')) : undefined);
    await contents.refresh();
  };
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      setFailure(error instanceof Error ? error : new Error(String(error)));
    }
  };
  return {
    told,
    failure,
    collecting,
    selectAll: () =>
      attempt(async () => {
        setCollecting(0);
        try {
          selecting.add(await collect(fovea.contents.each({ ...filter, limit: PAGE }), setCollecting));
        } finally {
          setCollecting(undefined);
        }
      }),
    label: async (change) => {
      const outcome: BatchOutcome = await inBatches(ids(), (batch) => fovea.contents.labels(batch, change));
      const changed = new Set(outcome.done);
      selecting.update((item) =>
        changed.has(item.contentId) ? { ...item, labels: applyChange(item.labels, change) } : item,
      );
      await tell(words.labelled(outcome.done.length), outcome.reasons);
    },
    retry: (contentIds) => attempt(async () => tell(words.retried(await fovea.retry(contentIds)), [])),
    deleted: async (contentIds, reasons) => {
      selecting.remove(contentIds);
      await tell(words.deleted(contentIds.length), reasons);
    },
  };
}

async function collect(all: AsyncIterable<Selectable>, onCount: (count: number) => void): Promise<Selectable[]> {
  const found: Selectable[] = [];
  for await (const { contentId, name, labels } of all) {
    found.push({ contentId, name, labels });
    if (found.length % PAGE === 0) onCount(found.length);
  }
  return found;
}
