import { isDeepStrictEqual } from 'node:util';
import type { Json, Policy } from '@selfsame/identity';

/** One field of a policy that is different, by its path: `directory.strategy`. Null: it is not there. */
export interface FieldChange {
  readonly field: string;
  readonly before: Json;
  readonly after: Json;
}

/** What is different between two policies, field by field; a list counts as one. Empty: they are the same. */
export function fieldChanges(before: Policy, after: Policy): readonly FieldChange[] {
  const [old, now] = [new Map(fieldsOf(before)), new Map(fieldsOf(after))];
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((field) => ({ field, before: old.get(field) ?? null, after: now.get(field) ?? null }))
    .filter((one) => !isDeepStrictEqual(one.before, one.after));
}

function* fieldsOf(value: object, prefix = ''): Generator<readonly [string, Json]> {
  for (const [name, inside] of Object.entries(value))
    if (typeof inside === 'object' && inside !== null && !Array.isArray(inside))
      yield* fieldsOf(inside, `${prefix}${name}.`);
    else yield [prefix + name, inside as Json];
}
