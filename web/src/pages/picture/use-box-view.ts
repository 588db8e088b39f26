/**
 * Which boxes are drawn, and which one is pointed at. It stays as it is from picture to picture.
 *
 * @module
 */
import { useState } from 'react';

export interface BoxView {
  readonly shown: boolean;
  readonly toggle: () => void;
  readonly hidden: ReadonlySet<string>;
  readonly toggleClass: (label: string) => void;
  readonly minScore: number;
  readonly setMinScore: (score: number) => void;
  /** Key of the box that is pointed at, in the picture or in the table. */
  readonly highlighted: string | null;
  readonly highlight: (key: string | null) => void;
}

export function useBoxView(): BoxView {
  const [shown, setShown] = useState(true);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [minScore, setMinScore] = useState(0);
  const [highlighted, highlight] = useState<string | null>(null);
  return {
    shown,
    toggle: () => setShown((before) => !before),
    hidden,
    toggleClass: (label) => setHidden((before) => toggled(before, label)),
    minScore,
    setMinScore,
    highlighted,
    highlight,
  };
}

function toggled(set: ReadonlySet<string>, value: string): ReadonlySet<string> {
  const others = [...set].filter((each) => each !== value);
  return new Set(others.length === set.size ? [...others, value] : others);
}
