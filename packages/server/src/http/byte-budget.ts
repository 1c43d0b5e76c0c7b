/**
 * Bytes in memory that wait for clients, all connections together, before any key is looked at (G12, G14). It has
 * shares, so that one kind of waiting cannot take all of it from the others.
 */
export interface ByteBudget {
  /** A part of the budget with a limit of its own, bytes. */
  share(max: number): Share;
  /** Bytes held now, of all shares. */
  readonly used: number;
}

export interface Share {
  /** Bytes for one client; `evict` ends its waiting when a newer one needs the room and this one has been slow. */
  hold(evict: () => void): Hold;
  readonly used: number;
}

/** What one client has of a share. */
export interface Hold {
  /** Takes more; false when there is no room even after the slow ones were evicted. */
  take(bytes: number): boolean;
  /** Its bytes are whole and being worked on: it is no longer evicted. */
  settle(): void;
  /** Gives back all it has. */
  release(): void;
}

/** For so long nobody is evicted, ms: finishing what was begun is worth more than taking something new. */
const PATIENCE = 1_000;

interface Holder {
  bytes: number;
  readonly since: number;
  readonly evict: () => void;
}

/** @param now a clock for durations, ms */
export function createByteBudget(max: number, now: () => number = () => performance.now()): ByteBudget {
  let total = 0;

  function share(most: number): Share {
    let used = 0;
    /** Those that may be evicted, the oldest first. */
    let slow = new Set<Holder>();

    function settle(one: Holder): void {
      slow.delete(one);
      // See decision 41.
      if (slow.size === 0) slow = new Set();
    }

    function hasRoom(bytes: number, mine: Holder): boolean {
      const fits = () => used + bytes <= most && total + bytes <= max;
      for (const one of slow) {
        if (fits() || now() - one.since < PATIENCE) break;
        if (one === mine) continue;
        settle(one);
        one.evict();
      }
      return fits();
    }

    return {
      hold(evict) {
        const mine: Holder = { bytes: 0, since: now(), evict };
        return {
          take(bytes) {
            if (!hasRoom(bytes, mine)) return false;
            if (mine.bytes === 0) slow.add(mine);
            mine.bytes += bytes;
            used += bytes;
            total += bytes;
            return true;
          },
          settle: () => settle(mine),
          release() {
            settle(mine);
            used -= mine.bytes;
            total -= mine.bytes;
            mine.bytes = 0;
          },
        };
      },
      get used() {
        return used;
      },
    };
  }

  return {
    share,
    get used() {
      return total;
    },
  };
}
