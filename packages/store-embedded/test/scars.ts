import { keyOf, scarOf, speaksOf, standInsFor } from '@selfsame/identity';
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

const { policy, derive } = testRules('p');

/** What is left of a log when {@link forgotten} is. */
export function scarsOf(log: readonly Decided[]): readonly Decided[] {
  const { user, email, device } = forgotten;
  const ids = Object.entries({ user, email, device }).map(([kind, value]) => ({ kind, value }));
  const people = new Set(ids.map((id) => derive('p', id, 0)));
  const erased = { standIns: standInsFor(policy, new Set(ids.map(keyOf)), log), people };
  return log.filter((said) => speaksOf(policy, said, erased)).map((said) => scarOf(policy, said, erased, 'whole'));
}
