/** The rules of Selfsame: who is who, as a pure fold of the log. Start with SPEC.md, then step.ts. */

export { withContacts } from './deciding/contact-traits.ts';
export { deviceOf } from './deciding/device.ts';
export { preview, type Rehearsal, rehearse } from './directory/preview.ts';
export { profileKey } from './directory/record.ts';
export { searchProfile } from './directory/search.ts';
export { type DirectoryPolicy, directoryOf } from './directory/settings.ts';
export { apply } from './evidence/apply.ts';
export type * from './evidence/graph.ts';
export { nodeOf } from './evidence/node.ts';
export { claimsBetween, compareClaimsByTime, dawn, dusk } from './evidence/order.ts';
export { Overlay } from './evidence/overlay.ts';
export { fold, MemoryGraph } from './fold.ts';
export { dayOf, limitPerDay } from './policy/breaker.ts';
export { foldedUnder } from './policy/folded-under.ts';
export * from './policy/policy.ts';
export type { Rules } from './policy/rules.ts';
export { claimId, claimNumber } from './reading/claim-id.ts';
export { cluster, survivor } from './reading/cluster.ts';
export { type ConsentState, standingConsent } from './reading/consent.ts';
export { digestText, personText } from './reading/digest.ts';
export { type ChainStep, type Explanation, explain, meaningOf, type RefusalReason } from './reading/explain.ts';
export type { Link } from './reading/link.ts';
export { linksOf, ownerAt } from './reading/links.ts';
export { type Ownership, ownershipOf } from './reading/ownership.ts';
export {
  eventSpans,
  identifierSpans,
  isKnown,
  type Person,
  type PersonSpan,
  peopleIn,
  personAt,
  personById,
  personOf,
} from './reading/person.ts';
export { type Presence, presenceOf } from './reading/presence.ts';
export { isSharedBy } from './reading/reach.ts';
export type { Remedy } from './reading/remedy.ts';
export { foldTraits } from './reading/traits.ts';
export { deviceIdOf, isVisit, type Visit, wasThere } from './reading/visit.ts';
export { decide, step } from './step.ts';
export { anchorWithout, Component, namedBy, type Said } from './undo/component.ts';
export { MOST_UNDONE } from './undo/decide-undo.ts';
export { foldWithout, putFolded } from './undo/refold.ts';
export { Search, type Touched, undoIn } from './undo/search.ts';
export { Undone } from './undo/undone.ts';
export type * from './words/command.ts';
export { type Arrival, entryOf } from './words/entry.ts';
export type * from './words/fact.ts';
export * from './words/ids.ts';
export type * from './words/json.ts';
export { whyNotPattern } from './words/pattern.ts';
export { canonical, isPlaceholder, MAX_VALUE_BYTES, whyNotIdentifier } from './words/values.ts';
export * from './words/verdict.ts';
