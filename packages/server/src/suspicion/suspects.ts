import {
  claimId,
  type Graph,
  type IdentifierKey,
  type Instant,
  identifierHoldings,
  identifierOf,
  identifiersOf,
  type Node,
  ownerAt,
  type Policy,
  type ProjectId,
  personAt,
  roleOf,
} from '@selfsame/identity';
import type { Columns, Store, Suspects } from '@selfsame/store';
import type { SuspiciousRow } from '../api.ts';
import { iso } from '../routes/iso.ts';

/** Words that a row shows. */
const MOST_WORDS = 5;
/** Identifiers of a person whose events are counted. */
const MOST_COUNTED = 500;
/** So many people on one device are a family. */
const FAMILY = 2;
/** So many merges of one value are somebody who changed their address. */
const FEW_MERGES = 3;
/** A history with fewer events than this is not rich. */
const RICH = 5;

/** A join that may be a mistake. */
export interface Suspect
  extends Pick<SuspiciousRow, 'what' | 'isQuarantined' | 'reach' | 'events' | 'score' | 'evidence' | 'cure'> {
  readonly node: Node;
  /** The busiest day, ms. */
  readonly peak?: { readonly day: Instant; readonly count: number };
}

/** The worst joins of a project, in order. Costs a look at the columns of claims and a count of the events of what is shown. */
export async function suspectsOf(
  { store, columns }: { readonly store: Pick<Store, 'ask'>; readonly columns: Columns },
  project: ProjectId,
  policy: Policy,
  limit: number,
): Promise<readonly Suspect[]> {
  const suspects = await columns.suspects(project, 2 * limit);
  const candidates = await store.ask(project, (graph) =>
    candidatesIn(graph, policy, suspects).map((one) => ({ ...one, around: around(graph, policy, one.node) })),
  );
  const withEvents = await counted(columns, project, candidates);
  return withEvents
    .filter(({ what, events }) => what !== 'weak-join' || Math.min(events.own, events.others) >= RICH)
    .map((one) => (one.what === 'weak-join' ? { ...one, score: weight(one.events) } : one))
    .sort(
      (a, b) =>
        Number(b.isQuarantined) - Number(a.isQuarantined) || b.score - a.score || (a.node.key < b.node.key ? -1 : 1),
    )
    .slice(0, limit);
}

function candidatesIn(graph: Graph, policy: Policy, { shared, weak, grown }: Suspects): readonly Candidate[] {
  const values = shared.flatMap((one) => sharedValue(graph, policy, one));
  const growths = grown.flatMap((one) => sudden(graph, policy, one));
  // Who grew by a value that is listed is not told twice.
  const told = new Set(values.map(({ node }) => personKeyOf(graph, policy, node.key)));
  return [
    ...values,
    ...weak.flatMap((one) => weakJoin(graph, one)),
    ...growths.filter(({ node }) => !told.has(personKeyOf(graph, policy, node.key))),
  ];
}

const personKeyOf = (graph: Graph, policy: Policy, key: IdentifierKey) =>
  ownerAt(graph, policy, key, Number.POSITIVE_INFINITY)?.key;

/** Two rich histories are as bad as a value of so many people. */
const weight = ({ own, others }: Suspect['events']): number =>
  Math.round(10 * Math.log10(1 + Math.min(own, others))) / 10;

type Candidate = Omit<Suspect, 'events'>;

function sharedValue(graph: Graph, policy: Policy, one: Suspects['shared'][number]): readonly Candidate[] {
  const node = graph.node(one.key);
  if (node === undefined) return [];
  const isMerged = one.merged > one.claimed;
  const reach = Math.max(one.claimed, one.merged);
  const isDevice = roleOf(policy, node.id.kind) === 'anonymous';
  if (!one.isQuarantined && reach <= (isMerged ? FEW_MERGES : isDevice ? FAMILY : 1)) return [];
  return [
    {
      what: isMerged ? 'merged-value' : 'shared-value',
      isQuarantined: one.isQuarantined,
      node,
      reach,
      ...(one.peakDay === null ? {} : { peak: { day: one.peakDay, count: one.peak } }),
      score: reach,
      evidence: wordsOf(node),
      cure: one.isQuarantined ? { quarantined: node.key } : { joined: node.key },
    },
  ];
}

function weakJoin(graph: Graph, { key }: Suspects['weak'][number]): readonly Candidate[] {
  const node = graph.node(key);
  const evidence = node === undefined ? [] : wordsOf(node);
  const [word] = evidence;
  if (node === undefined || word === undefined) return [];
  return [{ what: 'weak-join', isQuarantined: false, node, reach: 2, score: 0, evidence, cure: { claim: word.claim } }];
}

function sudden(
  graph: Graph,
  policy: Policy,
  { key, day, identifiers }: Suspects['grown'][number],
): readonly Candidate[] {
  const node = graph.node(key);
  const person = node && personAt(graph, policy, key, Number.POSITIVE_INFINITY);
  if (node === undefined || person === undefined) return [];
  return [
    {
      what: 'sudden-growth',
      isQuarantined: false,
      node,
      reach: identifiers,
      peak: { day, count: identifiers },
      // Devices come and go: ten of them are as bad as five people.
      score: identifiers / 2,
      evidence: identifierHoldings(person)
        .filter(({ stretches }) => stretches.some(({ claim }) => claim !== null && claim.time >= day))
        .flatMap(({ node: one }) => wordsOf(one).slice(-1))
        .slice(0, MOST_WORDS),
      cure: { identifier: key },
    },
  ];
}

/** The latest claims and merges of a node, latest last. */
function wordsOf(node: Node): Suspect['evidence'] {
  const claims = node.claims.flatMap((claim) =>
    claim.owner === null ? [] : [{ ...claim, id: claimId(claim, node.key), who: claim.owner }],
  );
  const merges = node.edges
    .filter(({ how, refused }) => how !== 'together' && (refused === undefined || refused === 'K6'))
    .map((edge) => ({ ...edge, id: `c${edge.position}`, who: edge.other }));
  return [...claims, ...merges]
    .sort((a, b) => a.time - b.time)
    .slice(-MOST_WORDS)
    .map(({ id, time, wire, trust, who }) => ({
      claim: id,
      time: iso(time) ?? '',
      source: wire,
      trust,
      with: identifierOf(who),
    }));
}

/** The other identifiers of whoever has one, by their numbers. */
function around(graph: Graph, policy: Policy, node: Node): readonly number[] {
  const person = personAt(graph, policy, node.key, Number.POSITIVE_INFINITY);
  const others = person === undefined ? [] : identifiersOf(person).map(({ number }) => number);
  return others.filter((number) => number !== node.number).slice(0, MOST_COUNTED);
}

async function counted(
  columns: Columns,
  project: ProjectId,
  candidates: readonly (Candidate & { readonly around: readonly number[] })[],
): Promise<readonly Suspect[]> {
  const counts = await columns.eventCounts(project, [
    ...new Set([...candidates.map(({ node }) => node.number), ...candidates.flatMap((one) => one.around)]),
  ]);
  const sum = (nodes: readonly number[]) => nodes.reduce((all, number) => all + (counts.get(number) ?? 0), 0);
  return candidates.map(({ around, ...one }) => ({
    ...one,
    events: { own: sum([one.node.number]), others: sum(around) },
  }));
}
