import type { IdentifierKey, Instant } from '../words/ids.ts';
import type { Node } from './graph.ts';

/** [R1] So many profiles, the latest to take it, are found by one identifier. */
const HOLDERS = 100;

/** A profile whose record has an identifier more, since a moment, ms. */
export const recorded = (profile: Node, key: IdentifierKey, since: Instant): Node => ({
  ...profile,
  record: [...profile.record, { key, since }],
});

/** A profile whose record has an identifier less. */
export const struck = (profile: Node, key: IdentifierKey): Node => ({
  ...profile,
  record: profile.record.filter((one) => one.key !== key),
});

/** An identifier that one profile more holds. */
export const held = (node: Node, profile: IdentifierKey): Node => ({
  ...node,
  holders: [...node.holders, profile].slice(-HOLDERS),
});

/** An identifier that a profile holds no more. */
export const released = (node: Node, profile: IdentifierKey): Node => ({
  ...node,
  holders: node.holders.filter((holder) => holder !== profile),
});
