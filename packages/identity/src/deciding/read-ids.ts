import { isBlocked } from '../policy/blocklist.ts';
import { compareStrength, type Policy, roleOf } from '../policy/policy.ts';
import { type Identifier, type IdentifierKey, keyOf } from '../words/ids.ts';
import { isStandIn } from '../words/stand-in.ts';
import { canonical, isPlaceholder, whyNotIdentifier } from '../words/values.ts';

/**
 * Canonical, real, distinct identifiers from strongest to weakest ([V1]–[V5], [A1]), or why the item cannot be read. A scar ([F1])
 * names what others cannot, in the order that was read before it was one.
 */
export function readIds(
  policy: Policy,
  given: readonly Identifier[],
  without: readonly IdentifierKey[] = [],
  isScar = false,
): { readonly ids: readonly Identifier[] } | { readonly problem: string } {
  const ids: Identifier[] = [];
  const compare = (one: Identifier, other: Identifier) =>
    isScar && one.kind === other.kind ? -1 : compareStrength(policy, one, other);
  for (const raw of given) {
    const id = canonical(raw);
    const isErased = isScar && isStandIn(id.value);
    if (!isErased && (isPlaceholder(id.value, policy.placeholders) || isBlocked(policy.blocklist, id))) continue;
    // [U2] Retracted: as if it had not been named.
    if (without.length > 0 && without.includes(keyOf(id))) continue;
    const problem = whyNotIdentifier(id);
    if (problem !== undefined) return { problem };
    if (isScar && ids.some((one) => one.kind === id.kind && one.value === id.value)) continue;
    // An item names a few: each is put in its place as it comes, and one that stands there already is left out.
    let place = ids.length;
    let order = -1;
    while (place > 0 && (order = compare(ids[place - 1] as Identifier, id)) > 0) place -= 1;
    if (place === 0 || order < 0) ids.splice(place, 0, id);
  }
  const isGroup = (id: Identifier | undefined) => id !== undefined && roleOf(policy, id.kind) === 'group';
  // [V4] A group, which is weaker than all, is nobody: beside people it is data.
  return { ids: ids.length > 1 && isGroup(ids.at(-1)) ? ids.filter((id) => !isGroup(id)) : ids };
}
