/** The rules of Selfsame: who is who, as a pure fold of the log. Start with SPEC.md, then step.ts. */

export { isMergedTooOften } from './deciding/breaker.ts';
export { withContacts } from './deciding/contact-traits.ts';
export { deviceOf } from './deciding/device.ts';
export { preview, type Rehearsal, rehearse } from './directory/preview.ts';
export { profileKey } from './directory/record.ts';
export { searchProfile } from './directory/search.ts';
export { type DirectoryPolicy, directoryOf } from './directory/settings.ts';
export { type Erased, scarOf, speaksOf } from './erasing/scar.ts';
export { standInsFor } from './erasing/stand-ins.ts';
export { apply } from './evidence/apply.ts';
export type * from './evidence/graph.ts';
export { keptAs, keptBeside, nameOf as nameOfClaim, nearest, sortNameOf } from './evidence/kept-claims.ts';
export { claimMovedOn, nodeMovedOn, type Shift, shifted } from './evidence/moved-on.ts';
export { nodeOf } from './evidence/node.ts';
export { claimsBetween, compareClaimsByTime, compareKept, dawn, dusk } from './evidence/order.ts';
export { Overlay } from './evidence/overlay.ts';
export { NotedGraph, type ReadingSet } from './evidence/reading-set.ts';
export { fold, MemoryGraph } from './fold.ts';
export { dayOf, limitPerDay } from './policy/breaker.ts';
export { foldedUnder } from './policy/folded-under.ts';
export * from './policy/policy.ts';
export * from './policy/presets.ts';
export type { Rules } from './policy/rules.ts';
export { atRest } from './reading/at-rest.ts';
export { type Belonging, explainOne } from './reading/belonging.ts';
export { claimId, claimNumber } from './reading/claim-id.ts';
export { cluster, survivor } from './reading/cluster.ts';
export { type ConsentState, saidNoAtAll } from './reading/consent.ts';
export { digestText, personText } from './reading/digest.ts';
export { type ChainStep, type Explanation, explain, type RefusalReason } from './reading/explain.ts';
export { isNamesake } from './reading/former-ids.ts';
export { isKnown } from './reading/known.ts';
export type { Link } from './reading/link.ts';
export { linksOf, ownerAt } from './reading/links.ts';
export { meaningOf } from './reading/meaning.ts';
export { type Ownership, ownershipOf } from './reading/ownership.ts';
export { peopleAt, peopleIn, personAt, personById } from './reading/people.ts';
export { type Person, personOf } from './reading/person.ts';
export { type Presence, presenceOf } from './reading/presence.ts';
export { isSharedBy } from './reading/reach.ts';
export type { Remedy } from './reading/remedy.ts';
export { Memories } from './reading/remembered.ts';
export {
  eventHoldings,
  type Held,
  type Holding,
  identifierHoldings,
  identifiersOf,
  type PersonSpan,
  spansOf,
} from './reading/spans.ts';
export { foldTraits, type TraitSource } from './reading/traits.ts';
export { deviceIdOf, identifierOfPerson, isEmptyVisit, isVisit, type Visit } from './reading/visit.ts';
export { type Why, type Whys, whysIn } from './reading/why-at.ts';
export { decide, step } from './step.ts';
export { type Bare, bareShape, fillGaps, isStillBare, type Spared, type Thinned, thinned } from './undo/bare.ts';
export { anchorWithout, Component, namedBy, namesIn, type Said } from './undo/component.ts';
export { Copies } from './undo/copies.ts';
export { cureOf, joinedBy } from './undo/cure.ts';
export { MOST_UNDONE } from './undo/decide-undo.ts';
export { Moments } from './undo/moments.ts';
export { foldWithout, isAlike, putFolded, puttingFolded } from './undo/refold.ts';
export { replay } from './undo/replay.ts';
export { Search, type Touched, undoIn } from './undo/search.ts';
export { Undone, unkept } from './undo/undone.ts';
export type * from './words/command.ts';
export { type Arrival, entryOf } from './words/entry.ts';
export type * from './words/fact.ts';
export * from './words/ids.ts';
export type * from './words/json.ts';
export { whyNotPattern } from './words/pattern.ts';
export { canonical, isPlaceholder, MAX_VALUE_BYTES, whyNotIdentifier } from './words/values.ts';
export * from './words/verdict.ts';
