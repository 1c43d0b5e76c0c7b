import type { Graph } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { IdentifierKey, Instant } from '../words/ids.ts';
import { type ChainStep, chainTo, type RefusalReason } from './explain.ts';
import { personAt } from './people.ts';
import type { Person } from './person.ts';
import { type Remedy, reached, unseen } from './remedy.ts';
import { isVisit } from './visit.ts';
import { type Why, whysIn } from './why-at.ts';

export type Belonging =
  | {
      readonly same: true;
      readonly person: Person;
      /** From the identifier to the one its person is named after; empty when that is itself. */
      readonly chain: readonly ChainStep[];
      /** In words of time, where a moment was asked for; without a chain, why it stands alone. */
      readonly because: Why | undefined;
      /** What would make it somebody else's. */
      readonly would: Remedy;
    }
  | { readonly same: false; readonly refusal: RefusalReason };

/** [X1] Why an identifier is whose it is, or nobody's: at a moment, ms; absent: at the end of all that we were told. */
export function explainOne(graph: Graph, policy: Policy, key: IdentifierKey, at?: Instant): Belonging {
  const node = graph.node(key);
  if (node === undefined)
    return {
      same: false,
      refusal: { rule: 'P1', reason: 'we have never seen this identifier', would: unseen('alone'), unseen: ['a'] },
    };
  const time = at ?? Number.POSITIVE_INFINITY;
  const why = () => whysIn(graph, policy)(key, time);
  const person = personAt(graph, policy, key, time);
  if (person === undefined)
    return {
      same: false,
      refusal: {
        rule: 'R6',
        reason: 'nobody’s: it was taken out of every record and not used since',
        would: toldAgain,
      },
    };
  if (isVisit(person.founder)) {
    const { device, from } = person.founder.visit;
    // [L7d] Without a moment it is meant as it was last seen, or as the word left it that ended the time of somebody.
    const nobodys = whysIn(graph, policy)(device, at ?? Math.max(node.lastSeen, from));
    return {
      same: false,
      refusal: { rule: nobodys?.rule ?? 'L7c', reason: nobodys?.says ?? 'nobody’s', would: reached },
    };
  }
  const chain = chainTo(graph, policy, node, person.founder, at);
  return {
    same: true,
    person,
    chain,
    because: at !== undefined || chain.length === 0 ? why() : undefined,
    would: moved(chain),
  };
}

/** [U2] [U5] [M1] An operator can move anything; what stands alone is joined by the first word that names it with somebody. */
const moved = (chain: readonly ChainStep[]): Remedy => ({
  how: 'tell',
  says:
    chain.length > 0
      ? 'taking back what joined it, or a pin by an operator'
      : 'a word that names it with somebody and is believed, or a pin by an operator',
});

const toldAgain: Remedy = { how: 'tell', says: 'an item that names it with somebody' };
