/** Bytes of request bodies held in memory, all requests together. No queue without a limit (G12). */
export interface BodyBudget {
  /** Takes `bytes` more; false when that would be too many. */
  take(bytes: number): boolean;
  give(bytes: number): void;
  readonly used: number;
}

export function createBodyBudget(max: number): BodyBudget {
  let used = 0;
  return {
    take(bytes) {
      if (used + bytes > max) return false;
      used += bytes;
      return true;
    },
    give(bytes) {
      used -= bytes;
    },
    get used() {
      return used;
    },
  };
}
