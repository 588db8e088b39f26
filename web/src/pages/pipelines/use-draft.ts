/**
 * The text of a graph as it is written: what was changed and not applied yet outlives a look at another page, not a reload.
 *
 * @module
 */
import type { Graph } from 'fovea/client';
import { useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { type Template, templates, textOf } from './templates.ts';

const drafts = new Map<string, string>();

export interface DraftText {
  readonly text: string;
  readonly isChanged: boolean;
  /** Undefined: back to how it was. */
  readonly change: (text: string | undefined) => void;
  /** What a new graph began with. */
  readonly template: Template | undefined;
  readonly begin: (template: Template | undefined) => void;
}

/** @param graph Undefined for one that is not there yet: then it begins with a template. */
export function useDraft(graph: Graph | undefined, graphs: readonly Graph[]): DraftText {
  const { namespace } = useFovea();
  const key = JSON.stringify([namespace, graph?.name ?? null]);
  const [template, setTemplate] = useState(templates[0]);
  const [draft, setDraft] = useState(() => drafts.get(key));
  const fresh = template === undefined ? '' : textOf(template, new Set(graphs.map(({ name }) => name)));
  const original = graph?.yaml ?? fresh;
  const change = (next: string | undefined): void => {
    const kept = next === original ? undefined : next;
    if (kept === undefined) drafts.delete(key);
    else drafts.set(key, kept);
    setDraft(kept);
  };
  return {
    text: draft ?? original,
    isChanged: draft !== undefined,
    change,
    template,
    begin: (next) => {
      setTemplate(next);
      change(undefined);
    },
  };
}
