import { type IdentifierKey, keyOf, namedBy, type PersonId, scarOf, standInsFor } from '@selfsame/identity';
import type { Decided } from '@selfsame/store';
import { testRules } from '@selfsame/store/traffic';

/** Somebody with all kinds of names, none of which is part of another's. */
export const forgotten = {
  user: 'zebedee-4711',
  email: 'zebedee@example.org',
  device: 'zebedees-phone',
  name: 'Zebedee Quux',
  insertId: 'zebedee-ordered',
};

const { policy } = testRules('p');

/** What is left of a log when {@link forgotten} is. */
export function scarsOf(log: readonly Decided[]): readonly Decided[] {
  const { user, email, device } = forgotten;
  const keys = new Set<IdentifierKey>(
    Object.entries({ user, email, device }).map(([kind, value]) => keyOf({ kind, value })),
  );
  const erased = { standIns: standInsFor(policy, keys, log), people: new Set<PersonId>() };
  return log
    .filter((said) => namedBy(policy, said).some((key) => keys.has(key)))
    .map((said) => scarOf(policy, said, erased, 'whole'));
}
