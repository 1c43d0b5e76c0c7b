import type { Instant } from '@selfsame/identity';
import type { TurnedAway } from './feed.ts';

/** Between two notices of one kind, ms. */
const PAUSE = 1_000;

/** A request that the server turned away itself, and whose it was. */
export type Refusal = Pick<TurnedAway, 'project' | 'wire' | 'status' | 'reason'>;

export interface RefusalParts {
  /** The server's clock, ms. */
  readonly clock: () => Instant;
  /** The live stream. */
  readonly tell: (notices: readonly TurnedAway[]) => void;
  /** Runs something once, so many ms later. */
  readonly later: (run: () => void, ms: number) => void;
}

/**
 * Tells the live stream of requests that were turned away: the first of a kind at once, then in one notice a second how
 * many followed. So a flood costs a count a request, and as many notices as there are projects, wires and reasons of
 * ours; nothing of a request is kept (S40, G12).
 */
export function createRefusals({ clock, tell, later }: RefusalParts): (refusal: Refusal) => void {
  const counts = new Map<string, number>();

  function notify(key: string, refusal: Refusal, requests: number): void {
    counts.set(key, 0);
    tell([{ type: 'turned-away', at: clock(), ...refusal, requests }]);
    later(() => {
      const more = counts.get(key) as number;
      if (more === 0) counts.delete(key);
      else notify(key, refusal, more);
    }, PAUSE);
  }

  return (refusal) => {
    const key = [refusal.project, refusal.wire, refusal.status, refusal.reason].join('\n');
    const count = counts.get(key);
    if (count === undefined) notify(key, refusal, 1);
    else counts.set(key, count + 1);
  };
}
