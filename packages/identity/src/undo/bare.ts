import { PROFILE } from '../directory/record.ts';
import { gapsBetween, MOST_GAPS, visitsOfBoth } from '../evidence/gaps.ts';
import type { Graph, Node } from '../evidence/graph.ts';
import type { MemoryGraph } from '../fold.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import { type IdentifierKey, type Instant, keyOf, type Position } from '../words/ids.ts';
import type { Verdict } from '../words/verdict.ts';
import { anchorWithout, namedBy, namesOf, type Said } from './component.ts';
import type { Moments } from './moments.ts';
import type { Undone } from './undone.ts';

/**
 * What hundreds of thousands of entries have in common that say only that somebody was seen again: the same identifiers,
 * by senders of the same trust. Undefined for an entry that says more, or of which more came than that. Two entries of one
 * shape differ in their moment alone.
 */
export function bareShape(policy: Policy, said: Said): string | undefined {
  const { command, trust, repeats, outranks, outrankedBy, untimed } = said.entry;
  if (policy.identityMode === 'enforce' || !isPlain(said.verdict)) return undefined;
  if (command.type !== 'Track' && command.type !== 'Identify') return undefined;
  if ('resolve' in command || 'pin' in command) return undefined;
  if (repeats !== undefined || outranks !== undefined || outrankedBy !== undefined || untimed !== undefined)
    return undefined;
  const [anchor, ...others] = namedBy(policy, said);
  if (anchor === undefined || said.verdict.anchor === undefined || anchor !== keyOf(said.verdict.anchor))
    return undefined;
  const what = command.type === 'Identify' ? 'identify' : command.hidden === true ? 'hidden' : 'event';
  return [what, trust, anchor, ...others].join('\n');
}

/** Was it taken as it was said, with nothing new for anybody? */
const isPlain = ({ status, rule, notes }: Verdict): boolean =>
  status === 'applied' && rule === undefined && notes.length === 0;

/** Entries of one shape. */
export interface Bare {
  /** One of them. */
  readonly like: Said;
  readonly moments: Moments;
}

/** Entries of one shape of which most are not folded again, since what is folded stands for them ([L4]). */
export interface Spared extends Bare {
  readonly names: readonly IdentifierKey[];
  /** Those that are not. */
  readonly spared: Moments;
}

export interface Thinned {
  /** Entries that must be folded, beside those that say more than that somebody was seen. */
  readonly needed: readonly Position[];
  readonly spared: readonly Spared[];
}

/**
 * Of entries that only say who was seen again those that must be folded, so that the graph is the one that all of them
 * give. Of an identifier that nobody else ever used a node lists the first claim and the last ([L4]); where several use it
 * all are needed. Undefined where more hangs on each single entry: consent, which stops what comes after it, and the
 * directory, which goes by what it found.
 *
 * @param rest the other entries of the component
 * @param readings what is, or will be, retracted: each makes other owners of what an entry named
 */
export function thinned(
  policy: Policy,
  rest: readonly Said[],
  bare: readonly Bare[],
  readings: readonly Undone[],
  timeOf: (position: Position) => number,
): Thinned | undefined {
  if (policy.order !== 'time' || rest.some((said) => isTouchy(policy, said))) return undefined;
  const owners = new Owners();
  for (const said of rest) owners.addSaid(policy, said, readings);
  const shapes = bare.map((one) => ({ ...one, names: [...new Set(namesOf(policy, one.like))] }));
  for (const { names } of shapes) for (const key of names.slice(1)) owners.add(key, names[0] as IdentifierKey);
  const needed: Position[] = [];
  const spared: Spared[] = [];
  for (const alike of saidAlike(shapes)) {
    const isShared = (alike[0] as Shape).names.slice(1).some((key) => owners.areMany(key));
    const ends = isShared ? undefined : endsOf(alike.map(({ moments }) => moments));
    if (ends !== undefined) needed.push(...ends);
    for (const shape of alike) {
      if (ends === undefined) needed.push(...shape.moments.positions);
      else spared.push({ ...shape, spared: shape.moments.without(ends, timeOf) });
    }
  }
  return { needed, spared: spared.filter((one) => one.spared.count > 0) };
}

type Shape = Bare & Pick<Spared, 'names'>;

/** Shapes by what their entries tell of who is who, which whether one is an event does not change. */
function saidAlike(shapes: readonly Shape[]): Iterable<readonly Shape[]> {
  const alike = new Map<string, Shape[]>();
  for (const shape of shapes) {
    const what = [shape.like.entry.trust, ...shape.names].join('\n');
    const known = alike.get(what);
    if (known === undefined) alike.set(what, [shape]);
    else known.push(shape);
  }
  return alike.values();
}

function isTouchy(policy: Policy, said: Said): boolean {
  const { command, directory } = said.entry;
  return (
    directory !== undefined ||
    (command.type === 'Consent' && command.consent === 'denied') ||
    namesOf(policy, said).some((key) => key.startsWith(`${PROFILE}:`))
  );
}

/** To whom each identifier was ever said to belong. */
class Owners {
  readonly #owners = new Map<IdentifierKey, IdentifierKey | null>();
  readonly #many = new Set<IdentifierKey>();

  /** `owner` null: nobody's. */
  add(key: IdentifierKey, owner: IdentifierKey | null): void {
    const known = this.#owners.get(key);
    if (known === undefined) this.#owners.set(key, owner);
    if (owner === null || (known !== undefined && known !== owner)) this.#many.add(key);
  }

  addSaid(policy: Policy, said: Said, readings: readonly Undone[]): void {
    const { entry, verdict } = said;
    const { type } = entry.command;
    if (type === 'Consent') return;
    const names = namesOf(policy, said);
    // [M6] What others say of those that merges made one lies between: silences count as where several use them.
    if (type === 'Merge' || type === 'Join') for (const key of names) this.#many.add(key);
    const anchors = [entry, ...readings.flatMap((one) => one.read(entry, verdict) ?? [])].map(
      (read) => anchorWithout(policy, read, verdict).anchor,
    );
    for (const anchor of anchors) {
      const owner = anchor === undefined || type === 'Logout' ? null : keyOf(anchor);
      for (const key of names) if (key !== owner) this.add(key, owner);
    }
  }

  areMany(key: IdentifierKey): boolean {
    return this.#many.has(key);
  }
}

/** The first and the last to come, and those of the first and the last moment. */
function endsOf(all: readonly Moments[]): ReadonlySet<Position> {
  const ends = new Set<Position>();
  const from = Math.min(...all.map(({ times }) => times[0] as Instant));
  const to = Math.max(...all.map(({ times }) => times.at(-1) as Instant));
  ends.add(Math.min(...all.map(({ first }) => first)));
  ends.add(Math.max(...all.map(({ last }) => last)));
  for (const { times, positions } of all) {
    for (let i = 0; times[i] === from; i++) ends.add(positions[i] as Position);
    for (let i = times.length - 1; times[i] === to; i--) ends.add(positions[i] as Position);
  }
  return ends;
}

/** Did folding an entry anew, under what stands then, say of it what was said of all of its shape? */
export const isStillBare = ({ status, notes }: Verdict): boolean =>
  status === 'applied' && notes.every(({ effect }) => effect === 'linked');

/**
 * Gives the nodes of a part that was folded without the spared entries the silences they have with them ([L7c]): nothing
 * else of a node depends on sightings between its first and its last. False where a node has forgotten some already.
 */
export function fillGaps(
  graph: MemoryGraph,
  policy: Policy,
  spared: readonly Spared[],
  living: Pick<Graph, 'node'>,
): boolean {
  if (policy.sharedDevice !== 'reach-bound') return true;
  const longest = policy.reach.ms;
  const seen = new Map<IdentifierKey, Float64Array>();
  for (const { names, moments } of spared) {
    for (const key of names) {
      const node = graph.nodes.get(key);
      if (node === undefined || node.gaps.length === 0 || roleOf(policy, node.id.kind) !== 'anonymous') continue;
      if (node.gaps.length >= MOST_GAPS) return false;
      const [some, others] = [seen.get(key), moments.visits(longest)];
      seen.set(key, some === undefined ? others : visitsOfBoth(some, others));
    }
  }
  for (const [key, visits] of seen) {
    const node = graph.nodes.get(key) as Node;
    graph.put({ ...node, gaps: gapsBetween(node.gaps, visits, longest, living.node(key)?.gaps) });
  }
  return true;
}
