import type { Policy } from '../policy/policy.ts';
import type { Entry } from '../words/command.ts';
import type { Fact } from '../words/fact.ts';
import type { IdentifierKey } from '../words/ids.ts';
import { aliased } from './aliases.ts';
import { claimOf, claimsWith, isBelow, listedToMerge, withClaim } from './claims.ts';
import { consented } from './consents.ts';
import { edged, parted } from './edges.ts';
import type { Draft, Node } from './graph.ts';
import { withOneMore } from './one-more.ts';
import { held, recorded, released, struck } from './records.ts';
import { firstSeen, seenAgain, sight } from './sightings.ts';
import { said } from './words.ts';

/**
 * The only writer: puts into a graph what became known by an entry. It knows no rule about who is who; what a node need
 * not list and may forget is decided beside it and nowhere else ([L4], [K4], [W4], [W9], [M7]).
 */
export function apply(draft: Draft, policy: Policy, entry: Entry, facts: readonly Fact[]): void {
  const hand = new Hand(draft);
  for (const fact of facts) applyOne(hand, draft, policy, entry, fact);
  hand.putDown();
}

function applyOne(hand: Hand, draft: Draft, policy: Policy, entry: Entry, fact: Fact): void {
  switch (fact.type) {
    case 'founded':
      hand.put(firstSeen(draft, entry, fact.id, fact.person));
      break;
    case 'met':
      hand.hold(seenAgain(policy, entry, hand.at(fact.key)));
      break;
    case 'claimed': {
      const node = hand.at(fact.key);
      const last = node.claims.at(-1);
      const isListed = fact.but !== undefined || isBelow(last, fact.owner);
      // The text that the graph has of it already, and not one more of each entry.
      const owner = last?.owner === fact.owner ? last.owner : hand.at(fact.owner).key;
      const claim = claimOf(entry, owner);
      const said = fact.but === undefined ? claim : { ...claim, refused: fact.but };
      hand.hold(seenAgain(policy, entry, node, claimsWith(draft, policy, node, said)));
      if (!isListed) hand.hold(withBelow(hand.at(owner), node.key));
      break;
    }
    case 'unverified':
      hand.hold(withClaim(draft, policy, hand.at(fact.key), { ...claimOf(entry, fact.owner), unverified: true }));
      break;
    case 'left':
      hand.hold(withClaim(draft, policy, hand.at(fact.key), claimOf(entry, null)));
      break;
    case 'assigned': {
      const { owner, time, tie } = fact;
      const claim = { ...claimOf(entry, owner), time, tie, directory: true } as const;
      hand.hold(withClaim(draft, policy, hand.at(fact.key), claim));
      break;
    }
    case 'said':
      hand.hold(said(draft, policy, hand.at(fact.key), { ...sight(entry), wire: entry.wire, changes: fact.changes }));
      break;
    case 'consented':
      hand.hold(consented(hand.at(fact.key), entry, fact));
      break;
    case 'merged':
    case 'conflict': {
      const [one, other] = [hand.at(fact.one), hand.at(fact.other)].map((end) => listedToMerge(draft, policy, end));
      hand.holdBoth(edged(one as Node, other as Node, entry, fact));
      break;
    }
    case 'parted':
      hand.holdBoth(parted(hand.at(fact.one), hand.at(fact.other), fact));
      break;
    case 'recorded':
      hand.hold(withBelow(recorded(hand.at(fact.profile), fact.key, entry.time, entry.trust), fact.key));
      hand.hold(held(hand.at(fact.key), fact.profile, entry.trust));
      break;
    case 'struck':
      hand.hold(struck(hand.at(fact.profile), fact.key));
      hand.hold(released(hand.at(fact.key), fact.profile));
      break;
    case 'aliased':
      hand.holdBoth(aliased(hand.at(fact.source), hand.at(fact.destination), entry, fact));
      break;
  }
}

const withBelow = (node: Node, key: IdentifierKey): Node =>
  node.below.includes(key) ? node : { ...node, below: withOneMore(node.below, key) };

/** The node that was spoken of last, put when another is spoken of: most items say two things of one. */
class Hand {
  readonly #draft: Draft;
  #node: Node | undefined;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  /** @throws when nobody ever named the identifier: a fact speaks of those it met. */
  at(key: IdentifierKey): Node {
    if (this.#node?.key === key) return this.#node;
    const node = this.#draft.node(key);
    if (node === undefined) throw new Error('a fact about an identifier that nobody named');
    return node;
  }

  hold(node: Node): void {
    if (this.#node !== undefined && this.#node.key !== node.key) this.#draft.put(this.#node);
    this.#node = node;
  }

  holdBoth([one, other]: readonly [Node, Node]): void {
    this.hold(one);
    this.hold(other);
  }

  /** A new node is put at once: the next one's number depends on it. */
  put(node: Node): void {
    this.hold(node);
    this.#draft.put(node);
  }

  putDown(): void {
    if (this.#node !== undefined) this.#draft.put(this.#node);
  }
}
