/**
 * A hit as it is ranked: ids, scores and what explains them; what it shows is read for the page that shows it.
 *
 * @module
 */
import type { LegName } from '../contract/index.ts';
import type { ConditionRows, SqlCondition } from '../store/index.ts';
import type { SearchIndex } from './choose-index.ts';
import type { LegMatch, RankedMoment } from './leg.ts';

/** A leg's word on a ranked hit. */
export interface RankedEvidence extends LegMatch {
  readonly leg: LegName;
  /** In the leg's list, from 1: how many score no less. */
  readonly rank: number;
  readonly weight: number;
  /** Of the hit's score, in [0, 1]. */
  readonly share: number;
  /** The index whose row `ord` is. */
  readonly rowsOf: SearchIndex | undefined;
}

export interface RankedHit {
  readonly contentId: string;
  /** What the ranking is ordered by; null in a listing. */
  readonly score: number | null;
  /** Cosine in [-1, 1]. */
  readonly similarity: number | null;
  /** The row that matched, in indexes of regions. */
  readonly ord: number | null;
  /** The index whose row that is. */
  readonly rowsOf: SearchIndex | undefined;
  /** Where an explanation was asked for: largest share first. */
  readonly evidence: readonly RankedEvidence[] | undefined;
  /** Frames of it that were found: best first, or by their time where nothing but conditions was asked for. */
  readonly moments?: readonly (Omit<RankedMoment, 'score'> & { readonly score: number | null })[] | undefined;
}

/** What a search's hits explain beside their legs. */
export interface Explained {
  /** Keys of the labels that it asked for. */
  readonly labels: readonly string[];
  /** Columns of `content` that its condition names. */
  readonly columns: readonly string[];
  /** Its condition, and the parts of it that rows of other tables meet. */
  readonly condition: Pick<SqlCondition, 'where'>;
  readonly parts: readonly ConditionRows[];
}
