import type { IdentifierKey, Instant } from '../words/ids.ts';
import { type Policy, roleOf } from './policy.ts';

const DAY = 86_400_000;

/** The day of a moment, UTC. */
export const dayOf = (time: Instant): number => Math.floor(time / DAY);

/** How many known people a value may be shared by on one day ([K5], [K6]); undefined: any number. */
export function limitPerDay(policy: Policy, kind: string, key: IdentifierKey): number | undefined {
  const { perDay, trusted } = policy.breaker;
  if (trusted.includes(key)) return undefined;
  return Object.hasOwn(perDay, kind) ? perDay[kind] : perDay[roleOf(policy, kind)];
}
