import { linksOf, ownershipOf, type Policy, type Statement } from '@selfsame/identity';
import { digestOf, graphOf } from './digest.ts';

/** Items that give one graph in one order and another in another order, none of which can be left out. */
export interface CounterExample {
  readonly one: readonly Statement[];
  readonly other: readonly Statement[];
  /** What they do not agree on. */
  readonly differences: readonly Difference[];
}

/** Whose an identifier is in the two orders, with the rule that says so. */
export interface Difference {
  readonly identifier: string;
  readonly one: string;
  readonly other: string;
}

/** Items looked at whole at most; a shrinking takes thousands of folds. */
const MOST_FOLDS = 4_000;

/**
 * The smallest counter-example that leaving out items leads to (delta debugging): `one` and `other` hold the same items
 * in two orders that do not agree.
 */
export function shrunk(one: readonly Statement[], other: readonly Statement[], policy: Policy): CounterExample {
  let folds = 0;
  const disagree = (kept: ReadonlySet<Statement>): boolean => {
    folds += 2;
    return (
      digestOf(
        one.filter((item) => kept.has(item)),
        policy,
      ) !==
      digestOf(
        other.filter((item) => kept.has(item)),
        policy,
      )
    );
  };
  let items = [...new Set(one)];
  for (let size = Math.ceil(items.length / 2); size >= 1 && folds < MOST_FOLDS; ) {
    let isLess = false;
    for (let at = 0; at < items.length && folds < MOST_FOLDS; ) {
      const fewer = items.toSpliced(at, size);
      if (fewer.length > 0 && disagree(new Set(fewer))) {
        items = fewer;
        isLess = true;
      } else at += size;
    }
    // Where something went, what could not be left out before may be left out now.
    if (size === 1 && !isLess) break;
    size = size === 1 ? 1 : Math.ceil(size / 2);
  }
  const kept = new Set(items);
  const told = [one, other].map((list) => list.filter((item) => kept.has(item))) as [Statement[], Statement[]];
  return { one: told[0], other: told[1], differences: differencesOf(told[0], told[1], policy) };
}

function differencesOf(one: readonly Statement[], other: readonly Statement[], policy: Policy): readonly Difference[] {
  const [a, b] = [graphOf(one, policy), graphOf(other, policy)];
  const said = (graph: typeof a, key: Parameters<typeof a.node>[0]): string => {
    const node = graph.node(key);
    if (node === undefined) return 'nobody named it';
    const owners = ownershipOf(graph, policy, node).map(({ person, rule }) => `${person.key} [${rule}]`);
    const refused = linksOf(graph, policy, node).refusals.map(
      ({ claim, rule }) => `${claim.owner ?? 'nobody'} refused by [${rule}]`,
    );
    return [...owners, ...refused].join(', ');
  };
  return [...new Set([...a.nodes.keys(), ...b.nodes.keys()])]
    .map((key) => ({ identifier: key, one: said(a, key), other: said(b, key) }))
    .filter((found) => found.one !== found.other);
}
