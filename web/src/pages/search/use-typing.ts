/**
 * Text that is typed into the box, which becomes a search as it settles.
 *
 * @module
 */
import { useEffect, useRef, useState } from 'react';
import type { FacetColumn } from './facet-columns.ts';
import { type SearchParams, tidyParams, withValue } from './params.ts';
import { settledPart, type Understood, understand } from './typed.ts';

/** Milliseconds without a key stroke after which what was typed is asked for. */
const SETTLE_MS = 250;

export interface Typing {
  readonly typed: string;
  readonly setTyped: (text: string) => void;
  /** Asks for a text at once. */
  readonly finish: (text: string) => void;
  /** What is typed from now on is a search of its own to go back to. */
  readonly rest: () => void;
}

/** @param onSearch Told whether the search before was typed just now, too, so that nobody wants to go back to it. */
export function useTyping(
  params: SearchParams,
  columns: readonly FacetColumn[],
  onSearch: (params: SearchParams, refines?: boolean) => void,
): Typing {
  const words = params.q ?? '';
  const [typed, setTyped] = useState(words);
  const asked = useRef(words);
  // Searches of ours on their way into the address: while they come in, somebody may type on.
  const own = useRef<string[]>([]);
  const isTyping = useRef(false);
  useEffect(() => {
    const place = own.current.indexOf(words);
    if (place >= 0) {
      own.current.splice(0, place + 1);
    } else if (words !== asked.current) {
      // The address changed by other means than typing: back, a link.
      asked.current = words;
      setTyped(words);
    }
  }, [words]);
  useEffect(() => {
    const timer = setTimeout(() => ask(typed, false), SETTLE_MS);
    return () => clearTimeout(timer);
  });
  function ask(text: string, isFinished: boolean): void {
    const [settled, rest] = isFinished ? [text, ''] : settledPart(text);
    const understood = understand(settled, columns);
    const isPlain = [understood.values, understood.has, understood.not].every(({ length }) => length === 0);
    if (!isPlain || isFinished) setTyped(rest === '' ? understood.words : `${understood.words} ${rest}`.trimStart());
    if (isPlain && understood.words === asked.current) return;
    if (understood.words !== asked.current) own.current.push(understood.words);
    asked.current = understood.words;
    onSearch(merged(params, understood), isTyping.current && isPlain);
    isTyping.current = !isFinished;
  }
  return {
    typed,
    setTyped,
    finish: (text) => ask(text, true),
    rest: () => (isTyping.current = false),
  };
}

function merged(params: SearchParams, { words, values, has, not }: Understood): SearchParams {
  let { facets, without } = params;
  for (const { of, value, mode } of values) {
    if (mode === 'must') facets = withValue(facets, of, value);
    else without = withValue(without, of, value);
  }
  const both = (before: readonly string[] = [], more: readonly string[]): string[] => [
    ...new Set([...before, ...more]),
  ];
  return tidyParams({ ...params, q: words, facets, without, has: both(params.has, has), not: both(params.not, not) });
}
