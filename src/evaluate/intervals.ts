/**
 * How sure a mean is, and a difference of two: percentile bootstrap (Efron 1979) and the sign-flip permutation test (Fisher
 * 1935; for retrieval: Smucker, Allan and Carterette, "A comparison of statistical significance tests for information retrieval
 * evaluation", CIKM 2007).
 *
 * Queries that ask for the same thing (the five captions of a photo) succeed or fail together. They form a group, and groups are
 * what is drawn and flipped: taking each query for an independent one would make intervals too narrow.
 *
 * @module
 */
import { quantile } from './metrics.ts';
import { randomSource } from './random.ts';

export interface IntervalOptions {
  /** The group of each value, as long as the values; equal names, one group. Absent: each value for itself. */
  readonly groups?: readonly string[] | undefined;
  /** How often to draw anew; 2,000 unless told. */
  readonly resamples?: number | undefined;
  /** The same seed, the same result; and the same draws for several configurations, so that these are paired. 1 unless told. */
  readonly seed?: number | undefined;
}

/** A mean with its 95 % interval. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** The mean of b − a over the same queries. */
export interface Difference extends Interval {
  /** How likely a difference at least as large is if `a` and `b` were interchangeable; two-sided, never 0. */
  readonly p: number;
}

/** Draws of a bootstrap: the ends of an interval move by about a hundredth of its width between seeds. */
const RESAMPLES = 2000;
/** Sign flips: the least p that can be found is about 1 / 10,000. */
const FLIPS = 10_000;
const LEVEL = 0.95;
const RANGE = 2 ** 32;

/** @throws RangeError for no values. */
export function bootstrapMean(values: readonly number[], options: IntervalOptions = {}): Interval {
  const { sums, sizes } = groupSums(values, options.groups);
  const { resamples = RESAMPLES, seed = 1 } = options;
  const random = randomSource(seed);
  const means = new Float64Array(resamples);
  for (let draw = 0; draw < resamples; draw++) {
    let sum = 0;
    let size = 0;
    for (let i = 0; i < sums.length; i++) {
      const group = Math.floor((random() / RANGE) * sums.length);
      sum += sums[group] ?? 0;
      size += sizes[group] ?? 0;
    }
    means[draw] = sum / size;
  }
  const tail = (1 - LEVEL) / 2;
  return { mean: total(sums) / values.length, low: quantile(means, tail), high: quantile(means, 1 - tail) };
}

/**
 * Whether `b` is better than `a`, query by query.
 *
 * @param a,b Values of the same queries in the same order.
 * @throws RangeError for no values, or not as many.
 */
export function comparePaired(a: readonly number[], b: readonly number[], options: IntervalOptions = {}): Difference {
  if (a.length !== b.length) throw new RangeError(`${a.length} values can't be paired with ${b.length}`);
  const differences = b.map((value, index) => value - (a[index] ?? 0));
  const { sums } = groupSums(differences, options.groups);
  return { ...bootstrapMean(differences, options), p: signFlipTest(sums, options.seed ?? 1) };
}

function signFlipTest(sums: Float64Array, seed: number): number {
  const moving = sums.filter((sum) => sum !== 0);
  // Sums that are equal but for rounding must count as equal.
  const observed = Math.abs(total(moving)) - 1e-9;
  const random = randomSource(seed);
  let asLarge = 0;
  for (let flip = 0; flip < FLIPS; flip++) {
    let sum = 0;
    let signs = 0;
    for (let i = 0; i < moving.length; i++) {
      if (i % 32 === 0) signs = random();
      const value = moving[i] ?? 0;
      sum += ((signs >>> (i % 32)) & 1) === 1 ? value : -value;
    }
    if (Math.abs(sum) >= observed) asLarge += 1;
  }
  return (asLarge + 1) / (FLIPS + 1);
}

function groupSums(
  values: readonly number[],
  groups: readonly string[] | undefined,
): { sums: Float64Array; sizes: Float64Array } {
  if (values.length === 0) throw new RangeError('There is no mean of no values');
  if (groups === undefined) return { sums: Float64Array.from(values), sizes: new Float64Array(values.length).fill(1) };
  if (groups.length !== values.length) throw new RangeError(`${groups.length} groups for ${values.length} values`);
  const places = new Map<string, number>();
  for (const group of groups) if (!places.has(group)) places.set(group, places.size);
  const sums = new Float64Array(places.size);
  const sizes = new Float64Array(places.size);
  for (const [index, group] of groups.entries()) {
    const place = places.get(group) ?? 0;
    sums[place] = (sums[place] ?? 0) + (values[index] ?? 0);
    sizes[place] = (sizes[place] ?? 0) + 1;
  }
  return { sums, sizes };
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
