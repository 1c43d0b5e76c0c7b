/** The rules of SPEC.md and the words of the API, said to somebody who has not read them. */

const rules: Readonly<Record<string, string>> = {
  V1: 'An identifier must be 1 to 512 bytes of well-formed text.',
  V3: 'Placeholder values such as “null” or “guest” are never taken for a person.',
  V5: 'The value is on the project’s block list, so it is nobody’s.',
  A3: 'Only an event may name nobody; this item needs an identifier.',
  D1: 'The same insert id was used before, so it has no second effect.',
  D2: 'A later copy of the same event takes its place.',
  D3: 'The backend told of the same event, by the same insert id: its copy counts, and the page’s does not.',
  S1: 'Both were named together in one item.',
  S2: 'Two different logins in one item are two people; nothing joins them.',
  S10: 'A less trusted word cannot undo a more trusted one.',
  S11: 'Two known people are joined only by an explicit, trusted merge, never because they shared something.',
  P1: 'Every identifier starts as a person of its own.',
  P3: 'The person is named after its strongest identifier.',
  L1: 'An e-mail, phone or secondary login belongs to one person for good.',
  L2: 'A device that was seen with a person belongs to that person.',
  L3a: 'The first login on a device owns it for good.',
  L3b: 'The latest login on a device owns it.',
  L5: 'A public key may not carry a known login or e-mail over to someone else.',
  L6a: 'While somebody is logged in on a device, it is theirs.',
  L6b: 'The time before the first login on a device belongs to that login.',
  L6c: 'After a logout a device belongs to nobody until the next login.',
  L6d: 'After a logout a browser still belongs to its last user, until somebody else logs in.',
  L6: 'Nobody else was ever said to use this device, so all of it is theirs.',
  L7a: 'On a shared device a login reaches only so far before and after itself, and a logout before itself; this moment lies within it.',
  L7b: 'Only one person ever logged in on this device, and often enough, so what came before their last login is theirs.',
  L7c: 'On a shared device what no login reaches belongs to the visit, and to nobody we know.',
  L7d: 'A shared device is, now, whoever’s it was when it was last seen.',
  K1: 'A person may have only so many identifiers of one kind.',
  K2: 'A person may have only so many identifiers.',
  K4: 'Public keys said so much of this identifier that only their first and latest words count.',
  K5: 'So many people came to share this value on one day that it is believed for none of them.',
  K6: 'It was merged with so many people on one day that the merges of that day join nobody.',
  K3: 'A device that public keys give to very many people is believed for none of them.',
  M1: 'An explicit merge from a trusted sender joined them.',
  M2: 'They are connected by merges that stand.',
  M3: 'The merge named a device, so it counts as seen together.',
  M6: 'Two devices that were merged are one: whoever logs in on one has both.',
  M4: 'A merge must name two different identifiers.',
  J0: 'Mixpanel’s original merge joined them.',
  J1: 'An id is not merged with itself.',
  J2: 'Mixpanel’s original merge takes only anonymous ids of its own form.',
  J3: 'Mixpanel’s original merge identifies an anonymous id once.',
  J4: 'Mixpanel’s original merge gives an alias once.',
  J5: 'Mixpanel’s original merge keeps at most 500 ids together.',
  J6: 'A public key may not join two people who are both identified.',
  T1: 'Its time cannot be read or was never filled, so it counts as of its arrival.',
  T3: 'Its time lies days after its arrival, so it counts as of that.',
  A5: 'The wire could make no item of what was sent.',
  W8: 'Only the server key may set this trait.',
  W10: 'This person has as many traits as one may have, or as many bytes of them; what was over that is left out.',
  W2: 'A less trusted word cannot change what a more trusted one said.',
  G1: 'The last word on consent counts.',
  G3: 'The person, or the device, said no to being recorded.',
  G4: 'A public key may speak only for its own device.',
  E1: 'The project believes public keys about their own devices.',
  E2: 'In enforce mode a public key cannot name a known person.',
  E3: 'In enforce mode a page’s question to the directory counts for its devices only.',
  R1: 'It stands in the profile’s record, though somebody else has it now.',
  R3: 'Found down the priority list: the first kind that eligible profiles hold, narrowed by the next.',
  R4: 'A known profile answers only a request that carries its login, and no other.',
  R5: 'The profile’s record takes what the request adds; a unique value that another profile holds stays there.',
  R6: 'The directory’s record says whose identifier this is.',
  R7: 'A logout makes a new profile, or goes back to the device’s anonymous one.',
  R8: 'Under isolation a login must carry a login identifier.',
  R9: 'Nothing was found, so the client stays with its anonymous profile.',
  R10: 'A modify changes one profile’s record, all of it or nothing.',
  R11: 'An alias shows one profile’s events under another for a while.',
  R12: 'We did not give this MPID, so it got a profile without identities.',
  R13: 'A search only looks.',
  U5: 'An operator pinned this identifier; nothing weaker moves it.',
  U1: 'Only an operator or the backend takes back what was told.',
  U2: 'What was told is taken back, or put back; the rest reads as if it had never come.',
  Q1: 'The rules failed on this item; it is set aside until it is replayed, its neighbours are not affected.',
};

/** One sentence for a rule; undefined for one we have no words for. */
export const ruleInWords = (rule: string): string | undefined => rules[rule];

const trusts = [
  'a page, with the public key',
  'your backend, by signature',
  'your server, with the server key',
  'an operator, in the console',
] as const;

/** Who said it, by trust: T0 to T3. */
export const trustInWords = (trust: 0 | 1 | 2 | 3): string => trusts[trust];

/** Kinds that name or reach one human; every other kind is a device, session or visitor of its own. */
const personal = new Set(['user', 'email', 'phone', 'mpid', 'customerid', 'distinct_id']);

/** Is this a kind of thing a person uses, rather than is? Devices are told apart by colour. */
export const isDeviceLike = (kind: string): boolean =>
  !personal.has(kind) && /device|session|visitor|stamp|anonymous/i.test(kind);

/** A clause as a sentence. */
export const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
