/**
 * Lets in what can be answered in time, and has the rest told to come again at once (G12). What is under way at a time
 * is measured in bytes of whole bodies: a client that is slow to send holds nothing. How many bytes that may be follows
 * from how long answers took lately: fewer while they take longer than `targetMs`, more again while they do not; so
 * nobody has to know how fast the machine is.
 */
export interface Admission {
  /**
   * Would a request of this source be let in now, with a body of so many bytes? Asked before any of it is read, with what
   * its head announces; `source` only under pressure.
   */
  isOpen(bytes: number, source: () => string): boolean;
  /**
   * Lets in a request whose body is whole. Under pressure each source gets its part, so that one that sends without end
   * does not push out the others (G13).
   * @returns what to call when it is answered, and whether there was room for it; undefined when it must come again
   */
  enter(bytes: number, source: () => string): Leave | undefined;
  /** Bytes that may be under way now, and those that are. */
  readonly limit: number;
  readonly used: number;
}

export interface AdmissionLimits {
  readonly least: number;
  readonly most: number;
  readonly targetMs: number;
}

export type Leave = (hadRoom: boolean) => void;

/** What a request costs beside its body, bytes. */
const A_REQUEST = 1_024;

/** @param now a clock for durations, ms */
export function createAdmission(
  { least, most, targetMs }: AdmissionLimits,
  now: () => number = () => performance.now(),
): Admission {
  let limit = Math.max(least, most / 4);
  let used = 0;
  let lastCut = Number.NEGATIVE_INFINITY;
  const held = new Map<string, number>();

  /** Slower than it should be: fewer. In time, and there was a use for more: a little more. */
  function learn(began: number, cost: number, hadRoom: boolean): void {
    if (hadRoom && now() - began <= targetMs) {
      if (used + cost > limit / 2) limit = Math.min(most, limit + cost / 8);
    } else if (began >= lastCut) {
      // One cut for all that were under way together.
      lastCut = now();
      limit = Math.max(least, limit * 0.7);
    }
  }

  const isPressed = (cost: number) => used + cost > limit / 2;

  /** A source below its part may go a little over the limit, one that has nothing under way further. */
  function hasRoom(cost: number, source: string): boolean {
    const mine = held.get(source) ?? 0;
    const part = limit / (held.size + (mine === 0 ? 1 : 0));
    const room = mine === 0 ? 2 * limit : mine + cost <= part / 2 ? 1.5 * limit : limit;
    return used === 0 || used + cost <= room;
  }

  return {
    isOpen: (bytes, source) => !isPressed(bytes + A_REQUEST) || hasRoom(bytes + A_REQUEST, source()),
    enter(bytes, source) {
      const cost = bytes + A_REQUEST;
      const name = isPressed(cost) ? source() : undefined;
      if (name !== undefined) {
        if (!hasRoom(cost, name)) return undefined;
        held.set(name, (held.get(name) ?? 0) + cost);
      }
      used += cost;
      const began = now();
      return (hadRoom) => {
        used -= cost;
        if (name !== undefined) {
          const left = (held.get(name) as number) - cost;
          if (left > 0) held.set(name, left);
          else held.delete(name);
        }
        learn(began, cost, hadRoom);
      };
    },
    get limit() {
      return limit;
    },
    get used() {
      return used;
    },
  };
}
