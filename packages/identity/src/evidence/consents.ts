import type { Entry } from '../words/command.ts';
import type { Consented } from '../words/fact.ts';
import type { ConsentWord, Node } from './graph.ts';
import { withOneMore } from './one-more.ts';
import { sight } from './sightings.ts';

/** A node with a word of consent more. */
export function consented(node: Node, entry: Entry, { consent, scope }: Consented): Node {
  const word: ConsentWord = {
    ...sight(entry),
    consent,
    ...(scope === undefined ? {} : { scope }),
  };
  const rest = node.consents.filter((one) => !isRepeated(one, word));
  return { ...node, consents: withOneMore(rest, word) };
}

/**
 * [G1] A word that a later one of the same kind and of at least its trust repeats is forgotten: whatever else is said of
 * the person, here or of another identifier, the state after the later one is the same.
 */
const isRepeated = (one: ConsentWord, later: ConsentWord): boolean =>
  one.consent === later.consent && one.scope === later.scope && one.trust <= later.trust;
