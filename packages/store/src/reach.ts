import { type IdentifierKey, namesIn, type Policy, type ProjectId } from '@selfsame/identity';
import type { Group } from './decide-group.ts';
import { otherCopyKey, repeatKey } from './repeat-key.ts';
import type { Reach, RepeatKey } from './store.ts';

/** What a group will ask about, as far as it says so itself. */
export function reachOf(group: Group, policyOf: (project: ProjectId) => Policy): Reach {
  return { repeats: repeatsOf(group), names: () => namesOf(group, policyOf) };
}

function repeatsOf(group: Group): readonly RepeatKey[] {
  const keys: RepeatKey[] = [];
  for (const { items } of [...group.values()].flat()) {
    for (const item of items) {
      if (item.type === 'refused') continue;
      const key = repeatKey(item.statement);
      if (key !== undefined) keys.push(key, otherCopyKey(item.statement) as RepeatKey);
    }
  }
  return keys;
}

function* namesOf(
  group: Group,
  policyOf: (project: ProjectId) => Policy,
): Generator<readonly [ProjectId, IdentifierKey]> {
  for (const { items } of [...group.values()].flat()) {
    for (const item of items) {
      if (item.type === 'refused') continue;
      const { project } = item.statement;
      for (const key of namesIn(policyOf(project), item.statement)) yield [project, key];
    }
  }
}
