import type { Claim, Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { IdentifierKey } from '../words/ids.ts';
import { Counts } from './counts.ts';
import type { Together } from './together.ts';

/** Of fewer words what is common is found as quickly as it is looked up, if they are listed. */
const FEW_WORDS = 64;
/** Words of all that is remembered of a graph. */
const MOST_WORDS = 50_000;
const MOST_CLUSTERS = 16;
/** Of more identifiers that changed, or that were merged with them since, all are looked at. */
const FEW_CHANGED = 8;

type NodeOf = (key: IdentifierKey) => Node | undefined;

interface Memory {
  readonly policy: Policy;
  readonly together: Together;
  readonly members: readonly Remembered[];
}

/** What one of them listed. */
type Remembered = Pick<Node, 'key' | 'edges' | 'claims'>;

export interface Fresh {
  readonly node: Node;
  /** What it listed when it was last looked at, if it was. */
  readonly was: readonly Claim[] | undefined;
}

/** Identifiers that merges made one, by what was found of them before. */
export interface Regrown {
  /** What was found, of each part that was one by itself. */
  readonly known: readonly [Together, ...Together[]];
  /** Those of which more was said since, and those of which nothing was known. */
  readonly fresh: readonly Fresh[];
  /** All of them, where they are others than before or more was merged. */
  readonly members: ReadonlySet<IdentifierKey> | undefined;
}

/**
 * What was found of merged identifiers when they were last asked for, as long as none of them was merged or spoken of: an
 * event of one of two hundred devices says nothing new of whose they are. Where little was said or merged since, the rest
 * is taken from it. Nodes never change, so the same lists say the same; what was set aside of a node changes only with its
 * claims. A graph has memories only if it lacks nothing that it is asked for.
 */
export class Memories {
  readonly counts = new Counts();
  /** The latest last. */
  #all: readonly Memory[] = [];

  /** `find` looks at all of them; `again` takes what was found before, and may answer that it is as well to look at all. */
  togetherWith(
    graph: Graph,
    policy: Policy,
    node: Node,
    find: () => Together,
    again: (regrown: Regrown) => Together | undefined,
  ): Together {
    const nodeOf: NodeOf = (key) => (key === node.key ? node : graph.node(key));
    const memory = this.#memoryOf(policy, node.key);
    const since = memory && changesSince(memory, nodeOf);
    if (memory !== undefined && since?.changed.length === 0 && since.merged.length === 0) return memory.together;
    const used = new Set(memory === undefined ? [] : [memory]);
    const regrown = memory && since && this.#regrown(memory, since, nodeOf, used);
    const together = (regrown && again(regrown)) ?? find();
    this.#all = this.#all.filter((one) => !used.has(one));
    const { said, isFound } = together;
    if ((isFound || said.length >= FEW_WORDS) && said.length <= MOST_WORDS)
      this.#keep(policy, together, nodeOf, memory, since);
    return together;
  }

  /** All that merges made one with an identifier; undefined where that is not remembered, or more was merged since. */
  membersOf(graph: Graph, node: Node): readonly Node[] | undefined {
    const memory = this.#all.findLast(({ together }) => together.members.has(node.key));
    if (memory === undefined) return undefined;
    const nodes: Node[] = [];
    for (const { key, edges } of memory.members) {
      const now = key === node.key ? node : graph.node(key);
      if (now?.edges !== edges) return undefined;
      nodes.push(now);
    }
    return nodes;
  }

  #memoryOf(policy: Policy, key: IdentifierKey): Memory | undefined {
    return this.#all.findLast((one) => one.policy === policy && one.together.members.has(key));
  }

  /** `memory`: what was remembered of most of them, and since then. */
  #keep(policy: Policy, together: Together, nodeOf: NodeOf, memory?: Memory, since?: Changes): void {
    const before = since === undefined ? [] : (memory?.members ?? []);
    const changed = new Set(
      since && [...since.changed.map(({ node }) => node.key), ...since.merged.map(({ key }) => key)],
    );
    const members = Array.from(together.members, (key, i): Remembered => {
      const one = before[i];
      if (one?.key === key && !changed.has(key)) return one;
      const { edges, claims } = nodeOf(key) as Node;
      return { key, edges, claims };
    });
    const all = [...this.#all, { policy, together, members }];
    let words = 0;
    const forgotten = all.findLastIndex((one) => (words += one.together.said.length) > MOST_WORDS);
    this.#all = all.slice(Math.max(forgotten + 1, all.length - MOST_CLUSTERS));
  }

  /** What is known of all that merges have led to since; undefined where that is too little. */
  #regrown(memory: Memory, since: Changes, nodeOf: NodeOf, used: Set<Memory>): Regrown | undefined {
    if (since.merged.length === 0) return { known: [memory.together], fresh: since.changed, members: undefined };
    const known: [Together, ...Together[]] = [memory.together];
    const members = new Set(memory.together.members);
    const fresh = [...since.changed];
    const merged = [...since.merged];
    for (const one of merged) {
      for (const { other, refused } of one.edges) {
        if (refused !== undefined || members.has(other)) continue;
        const next = nodeOf(other);
        if (next === undefined) continue;
        const theirs = this.#memoryOf(memory.policy, other);
        const news = theirs && changesSince(theirs, nodeOf);
        if (theirs === undefined || news === undefined) {
          members.add(other);
          merged.push(next);
          if (fresh.push({ node: next, was: undefined }) > FEW_CHANGED) return undefined;
          continue;
        }
        // What was found for another draft may hold some of them too.
        if (theirs.members.some(({ key }) => members.has(key))) return undefined;
        used.add(theirs);
        known.push(theirs.together);
        for (const { key } of theirs.members) members.add(key);
        merged.push(...news.merged);
        if (fresh.push(...news.changed) > FEW_CHANGED) return undefined;
      }
    }
    return { known, fresh, members };
  }
}

interface Changes {
  /** Of which something else was said than is remembered. */
  readonly changed: readonly Fresh[];
  /** Of which more merges are known. */
  readonly merged: readonly Node[];
}

/** What has changed of those that are remembered; undefined where that is much, or they may be one no more. */
function changesSince({ members }: Memory, nodeOf: NodeOf): Changes | undefined {
  const changed: Fresh[] = [];
  const merged: Node[] = [];
  for (const { key, edges, claims } of members) {
    const now = nodeOf(key);
    if (now === undefined) return undefined;
    if (now.claims !== claims && changed.push({ node: now, was: claims }) > FEW_CHANGED) return undefined;
    if (now.edges === edges) continue;
    if (!edges.every((edge, i) => now.edges[i] === edge) || merged.push(now) > FEW_CHANGED) return undefined;
  }
  return { changed, merged };
}
