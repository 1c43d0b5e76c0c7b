/** The rules of Selfsame: who is who, as a pure fold of the log. Start with SPEC.md, then decide.ts. */
export type * from './command.ts';
export { type ConsentState, standingConsent } from './consent.ts';
export { withContacts } from './contact-traits.ts';
export { type Rules, step } from './decide.ts';
export { deviceOf } from './device.ts';
export { digestText } from './digest.ts';
export { preview } from './directory/preview.ts';
export { profileKey } from './directory/record.ts';
export { searchProfile } from './directory/resolve.ts';
export { type DirectoryPolicy, directoryOf } from './directory/settings.ts';
export { type Arrival, entryOf } from './entry.ts';
export { type ChainStep, type Explanation, explain, type RefusalReason } from './explain.ts';
export { claimsBetween, compareClaimsByTime, fold, MemoryGraph } from './fold.ts';
export { foldedUnder } from './folded-under.ts';
export type * from './graph.ts';
export * from './ids.ts';
export type * from './json.ts';
export { type Link, linksOf } from './links.ts';
export { nodeOf } from './node.ts';
export { cluster, type Ownership, ownerAt, ownershipOf, survivor } from './owner.ts';
export {
  claimId,
  eventSpans,
  identifierSpans,
  isKnown,
  type Person,
  type PersonSpan,
  peopleIn,
  personAt,
  personById,
  personOf,
} from './person.ts';
export * from './policy.ts';
export { type Presence, presenceOf } from './presence.ts';
export { isSharedBy } from './reach.ts';
export { foldTraits } from './traits.ts';
export { canonical, isPlaceholder, MAX_VALUE_BYTES, whyNotIdentifier } from './values.ts';
export * from './verdict.ts';
export { isVisit, type Visit } from './visit.ts';
