import { type Policy, roleOf } from '../policy/policy.ts';
import type { Track } from '../words/command.ts';
import type { Identifier } from '../words/ids.ts';
import { readIds } from './read-ids.ts';

/** [A4] What an event was done on: a device, session or visitor; undefined when it says nothing of one. */
export function deviceOf(policy: Policy, { ids, device }: Pick<Track, 'ids' | 'device'>): Identifier | undefined {
  const real = (given: readonly Identifier[]): readonly Identifier[] => {
    const read = readIds(policy, given);
    return 'ids' in read ? read.ids : [];
  };
  const said = device === undefined ? undefined : real([device])[0];
  return said ?? real(ids).find((id) => roleOf(policy, id.kind) === 'anonymous');
}
