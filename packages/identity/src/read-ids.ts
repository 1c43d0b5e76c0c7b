import type { Identifier } from './ids.ts';
import { compareStrength, type Policy, roleOf } from './policy.ts';
import { canonical, isPlaceholder, whyNotIdentifier } from './values.ts';

/** Canonical, real, distinct identifiers from strongest to weakest ([V1]–[V3], [A1]), or why the item cannot be read. */
export function readIds(
  policy: Policy,
  given: readonly Identifier[],
): { readonly ids: readonly Identifier[] } | { readonly problem: string } {
  const ids: Identifier[] = [];
  for (const raw of given) {
    const id = canonical(raw);
    if (isPlaceholder(id.value, policy.placeholders)) continue;
    const problem = whyNotIdentifier(id);
    if (problem !== undefined) return { problem };
    if (!ids.some((other) => other.kind === id.kind && other.value === id.value)) ids.push(id);
  }
  if (ids.length < 2) return { ids };
  // [V4] A group is nobody: beside people it is data.
  const people = ids.filter((id) => roleOf(policy, id.kind) !== 'group');
  return { ids: people.sort((a, b) => compareStrength(policy, a, b)) };
}
