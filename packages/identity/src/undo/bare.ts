import { PROFILE } from '../directory/record.ts';
import { gapsOfTimes, MOST_GAPS } from '../evidence/gaps.ts';
import type { MemoryGraph } from '../fold.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import { type IdentifierKey, keyOf, type Position } from '../words/ids.ts';
import type { Verdict } from '../words/verdict.ts';
import { anchorWithout, namedBy, type Said } from './component.ts';
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

/** Entries of one shape, in the log's order. */
export interface Bare {
  /** One of them. */
  readonly like: Said;
  readonly positions: readonly Position[];
}

/** Entries that are not folded again, since what is folded stands for them ([L4]). */
export interface Spared extends Bare {
  readonly names: readonly IdentifierKey[];
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
  if (policy.order !== 'time' || rest.some(({ entry, verdict }) => isTouchy(policy, { entry, verdict })))
    return undefined;
  const owners = new Owners();
  for (const said of rest) owners.addSaid(policy, said, readings);
  const shapes = bare.map((one) => ({ ...one, names: [...new Set(namedBy(policy, one.like))] }));
  for (const { names } of shapes) for (const key of names.slice(1)) owners.add(key, names[0] as IdentifierKey);
  const needed: Position[] = [];
  const spared: Spared[] = [];
  for (const shape of shapes) {
    if (shape.names.slice(1).some((key) => owners.areMany(key))) {
      needed.push(...shape.positions);
      continue;
    }
    const ends = endsOf(shape.positions, timeOf);
    needed.push(...ends.needed);
    if (ends.spared.length > 0) spared.push({ ...shape, positions: ends.spared });
  }
  return { needed, spared };
}

function isTouchy(policy: Policy, said: Said): boolean {
  const { command, directory } = said.entry;
  return (
    directory !== undefined ||
    (command.type === 'Consent' && command.consent === 'denied') ||
    namedBy(policy, said).some((key) => key.startsWith(`${PROFILE}:`))
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
    const names = namedBy(policy, said);
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
function endsOf(
  positions: readonly Position[],
  timeOf: (position: Position) => number,
): { needed: readonly Position[]; spared: readonly Position[] } {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const position of positions) {
    const time = timeOf(position);
    if (time < from) from = time;
    if (time > to) to = time;
  }
  const needed: Position[] = [];
  const spared: Position[] = [];
  for (const [i, position] of positions.entries()) {
    const time = timeOf(position);
    const isEnd = i === 0 || i === positions.length - 1 || time === from || time === to;
    (isEnd ? needed : spared).push(position);
  }
  return { needed, spared };
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
  timeOf: (position: Position) => number,
): boolean {
  if (policy.sharedDevice !== 'reach-bound') return true;
  const seen = new Map<IdentifierKey, (readonly Position[])[]>();
  for (const { names, positions } of spared) {
    for (const key of names) {
      const lists = seen.get(key);
      if (lists === undefined) seen.set(key, [positions]);
      else lists.push(positions);
    }
  }
  for (const [key, lists] of seen) {
    const node = graph.nodes.get(key);
    if (node === undefined || node.gaps.length === 0 || roleOf(policy, node.id.kind) !== 'anonymous') continue;
    if (node.gaps.length >= MOST_GAPS) return false;
    const times = Float64Array.from(lists.flat(), timeOf).sort();
    graph.put({ ...node, gaps: gapsOfTimes(node.gaps, times, policy.reach.ms) });
  }
  return true;
}
