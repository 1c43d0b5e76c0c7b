import type { Entry } from '../words/command.ts';
import type { Consented } from '../words/fact.ts';
import type { ConsentWord, Node } from './graph.ts';
import { sight } from './sightings.ts';

/** A node with a word of consent more. */
export function consented(node: Node, entry: Entry, { consent, scope }: Consented): Node {
  const word = { ...sight(entry), consent, ...(scope === undefined ? {} : { scope }) };
  return { ...node, consents: addConsent(node.consents, word) };
}

/**
 * [G1] A word that a later one of the same kind and of at least its trust repeats is forgotten: whatever else is said of
 * the person, here or of another identifier, the state after the later one is the same.
 */
const addConsent = (words: readonly ConsentWord[], word: ConsentWord): readonly ConsentWord[] => [
  ...words.filter((one) => one.consent !== word.consent || one.scope !== word.scope || one.trust > word.trust),
  word,
];
