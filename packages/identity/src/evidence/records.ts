import type { IdentifierKey, Instant, Trust } from '../words/ids.ts';
import type { Holder, Node } from './graph.ts';
import { withOneMore } from './one-more.ts';

/** [R1] So many profiles are found by one identifier. */
const HOLDERS = 100;

/** A profile whose record has an identifier more, since a moment, ms; or one that it had, from a more trusted sender too. */
export function recorded(profile: Node, key: IdentifierKey, since: Instant, trust: Trust): Node {
  const at = profile.record.findIndex((one) => one.key === key);
  const had = profile.record[at];
  if (had === undefined) return { ...profile, record: withOneMore(profile.record, { key, since, trust }) };
  return had.trust >= trust ? profile : { ...profile, record: profile.record.with(at, { ...had, trust }) };
}

/** A profile whose record has an identifier less. */
export const struck = (profile: Node, key: IdentifierKey): Node => ({
  ...profile,
  record: profile.record.filter((one) => one.key !== key),
});

/** An identifier that one profile more holds; or one that held it before, in its old place, for a more trusted sender too. */
export function held(node: Node, profile: IdentifierKey, trust: Trust): Node {
  const at = node.holders.findIndex((one) => one.profile === profile);
  const had = node.holders[at];
  if (had === undefined) return { ...node, holders: withoutLeast(withOneMore(node.holders, { profile, trust })) };
  return had.trust >= trust ? node : { ...node, holders: node.holders.with(at, { profile, trust }) };
}

/** [R1] Of too many holders the first of the least trusted is left out: no page's profiles push out a backend's. */
function withoutLeast(holders: readonly Holder[]): readonly Holder[] {
  if (holders.length <= HOLDERS) return holders;
  const least = holders.reduce((one, other) => (other.trust < one.trust ? other : one));
  return holders.filter((one) => one !== least);
}

/** An identifier that a profile holds no more. */
export const released = (node: Node, profile: IdentifierKey): Node => ({
  ...node,
  holders: node.holders.filter((holder) => holder.profile !== profile),
});
