/**
 * Why a picture was found, in one line.
 *
 * @module
 */
import type { Hit } from 'fovea/client';
import { formatScore } from '../../state/format.ts';
import { texts } from '../../texts.ts';

/** Undefined where nothing but conditions was asked for. */
export function whyText({ similarity, explanation }: Hit): string | undefined {
  const words = [...new Set(explanation?.legs.flatMap((leg) => leg.words))];
  const parts = [
    ...(similarity === null ? [] : [texts.search.relevance.alike(formatScore(similarity))]),
    ...(words.length === 0 ? [] : [texts.search.relevance.words(words)]),
  ];
  return parts.length === 0 ? undefined : parts.join(' · ');
}
