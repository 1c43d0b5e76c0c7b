import type { Claim, IdentifierKey, Node, PersonId, Position } from '@selfsame/identity';
import { weightOf } from './node-weight.ts';

/** What the version before a change, and a claim that was kept, cost in memory beside the node itself, bytes. */
const BEFORE = 250;
const KEPT = 220;

export interface Changed {
  /** The node as it was at the first checkpoint; undefined when there was none. */
  readonly before: Node | undefined;
  now: Node;
  /** The log position that the last change came with, or one shortly after it. */
  at: Position;
  weight: number;
  /**
   * It was folded again because something was taken back or put back ([U3]). Readers of the feed may have seen it in
   * between as it was neither before nor is now, so all of it is told.
   */
  again: boolean;
}

/** What a reader of the feed may know of a changed node; undefined: nothing that can be relied on. */
export const beforeOf = ({ before, again }: Changed): Node | undefined => (again ? undefined : before);

/** What changed in the graph of a project from one checkpoint to the next. */
export class Changes {
  readonly nodes = new Map<IdentifierKey, Changed>();
  readonly kept = new Map<IdentifierKey, Claim[]>();
  readonly founders = new Map<PersonId, IdentifierKey>();
  /** About how much memory all of it takes, bytes. */
  weight = 0;
  /** How often a node changed that had changed before. */
  repeats = 0;

  /** `before` is asked for when this is the first change of the node. */
  take(node: Node, at: Position, before: () => Node | undefined, again = false): void {
    const changed = this.nodes.get(node.key);
    const was = changed === undefined ? before() : changed.before;
    const weight = weightOf(node) + (was === undefined ? 0 : BEFORE);
    if (changed !== undefined) {
      this.repeats += 1;
      this.weight += weight - changed.weight;
      changed.now = node;
      changed.at = at;
      changed.weight = weight;
      changed.again ||= again;
      return;
    }
    this.weight += weight;
    this.nodes.set(node.key, { before: was, now: node, at, weight, again });
    if (was === undefined) this.founders.set(node.person, node.key);
  }

  keep(key: IdentifierKey, claims: readonly Claim[]): void {
    this.weight += KEPT * claims.length;
    const kept = this.kept.get(key);
    if (kept === undefined) this.kept.set(key, [...claims]);
    else kept.push(...claims);
  }

  /** Adds what changed after this. */
  append(later: Changes): void {
    for (const { before, now, at, again } of later.nodes.values()) this.take(now, at, () => before, again);
    for (const [key, claims] of later.kept) this.keep(key, claims);
  }
}
