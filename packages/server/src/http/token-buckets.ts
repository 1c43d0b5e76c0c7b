/** How often something may happen: `perSecond` in the long run, `burst` at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** One bucket a name, all of one rate. */
export interface TokenBuckets {
  /**
   * Takes tokens of a name's bucket where it has any left: a large request is let through whole and paid off afterwards.
   * @returns 0, or in how many whole seconds to come again
   */
  take(name: string, tokens: number): number;
  /** What `take` would answer, with nothing taken. */
  wait(name: string): number;
  /** Puts back what was taken for a request that was not let in after all. */
  giveBack(name: string, tokens: number): void;
  /** How much of a name's burst is used up, 0 to 1. */
  used(name: string): number;
}

/** Names that are remembered at most; a full bucket is forgotten, for it is as a new one. */
const MOST = 50_000;
/** So many are left when there is no room, so that the next many newcomers need not look for it. */
const LEFT = 40_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** @param now a clock for durations, ms */
export function createTokenBuckets({ perSecond, burst }: Rate, now: () => number): TokenBuckets {
  const buckets = new Map<string, Bucket>();

  function refill(bucket: Bucket, at: number): void {
    bucket.tokens = Math.min(burst, bucket.tokens + ((at - bucket.at) / 1_000) * perSecond);
    bucket.at = at;
  }

  /** Forgets the full ones; if names come faster than buckets fill, the oldest. */
  function forget(at: number): void {
    for (const [name, bucket] of buckets) {
      refill(bucket, at);
      if (bucket.tokens >= burst || buckets.size > LEFT) buckets.delete(name);
    }
  }

  /** A name's bucket, as full as it is now; undefined for one that is not remembered and so is full. */
  function find(name: string): Bucket | undefined {
    const bucket = buckets.get(name);
    if (bucket !== undefined) refill(bucket, now());
    return bucket;
  }

  const secondsUntilOne = (tokens: number): number =>
    tokens >= 1 ? 0 : Math.max(1, Math.ceil((1 - tokens) / perSecond));

  return {
    take(name, tokens) {
      let bucket = find(name);
      if (bucket === undefined) {
        const at = now();
        if (buckets.size >= MOST) forget(at);
        buckets.set(name, (bucket = { tokens: burst, at }));
      }
      const seconds = secondsUntilOne(bucket.tokens);
      if (seconds === 0) bucket.tokens -= tokens;
      return seconds;
    },
    wait: (name) => secondsUntilOne(find(name)?.tokens ?? burst),
    giveBack(name, tokens) {
      const bucket = find(name);
      if (bucket !== undefined) bucket.tokens = Math.min(burst, bucket.tokens + tokens);
    },
    used: (name) => Math.min(1, 1 - (find(name)?.tokens ?? burst) / burst),
  };
}
