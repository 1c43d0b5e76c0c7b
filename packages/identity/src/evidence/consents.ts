import type { ConsentWord } from './graph.ts';

/**
 * Adds a word of consent. [G1] A word that a later one of the same kind and of at least its trust repeats is forgotten:
 * whatever else is said of the person, here or of another identifier, the state after the later one is the same.
 */
export const addConsent = (words: readonly ConsentWord[], word: ConsentWord): readonly ConsentWord[] => [
  ...words.filter((one) => one.consent !== word.consent || one.scope !== word.scope || one.trust > word.trust),
  word,
];
