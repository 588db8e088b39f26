/**
 * Token buckets: how often something may happen. A bucket holds `burst` tokens and gains `perSecond`; an event takes one.
 *
 * Turner, "New directions in communications (or which way to the information age?)", IEEE Communications Magazine, 1986.
 *
 * @module
 */

export interface Rate {
  /** Events per second in the long run. */
  readonly perSecond: number;
  /** Events at once after a pause. */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  /** Milliseconds. */
  filledAt: number;
}

/** A bucket a name; the ones that were used longest ago are forgotten beyond `maxBuckets`, which fills them. */
export class TokenBuckets {
  readonly #rate: Rate;
  readonly #maxBuckets: number;
  readonly #now: () => number;
  /** Least recently used first. */
  readonly #buckets = new Map<string, Bucket>();

  /** `now` is milliseconds. */
  constructor(rate: Rate, { maxBuckets = 10_000, now = performance.now.bind(performance) } = {}) {
    this.#rate = rate;
    this.#maxBuckets = maxBuckets;
    this.#now = now;
  }

  /** Takes a token. Returns 0, or, where there is none, whole seconds until there is one. */
  take(name: string): number {
    const bucket = this.#filled(name);
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= this.#maxBuckets) break;
      this.#buckets.delete(oldest);
    }
    const wait = this.#secondsUntilOne(bucket);
    if (wait === 0) bucket.tokens -= 1;
    return wait;
  }

  /** What `take` would return, without taking. */
  peek(name: string): number {
    return this.#secondsUntilOne(this.#filled(name));
  }

  #filled(name: string): Bucket {
    const now = this.#now();
    const { tokens, filledAt } = this.#buckets.get(name) ?? { tokens: this.#rate.burst, filledAt: now };
    const gained = ((now - filledAt) / 1000) * this.#rate.perSecond;
    return { tokens: Math.min(this.#rate.burst, tokens + gained), filledAt: now };
  }

  #secondsUntilOne({ tokens }: Bucket): number {
    return tokens >= 1 ? 0 : Math.max(1, Math.ceil((1 - tokens) / this.#rate.perSecond));
  }
}
