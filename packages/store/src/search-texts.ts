import type { Node } from '@selfsame/identity';

const names = new Set(['name', '$name', 'email', '$email', 'first_name', '$first_name', 'last_name', '$last_name']);

/** Words of one name or e-mail a search may begin at; the rest of a long text is found by its first ones. */
const MOST_WORDS = 8;

/**
 * What a search finds an identifier by, in lower case: its value, and the names and e-mails said of it, from each of
 * their words on, so that `lee` finds Ann Lee and `example.com` her address.
 */
export function searchTexts(node: Node): readonly string[] {
  const value = node.id.value.toLowerCase();
  const texts = new Set(node.id.kind === 'email' ? fromEachWord(value) : [value]);
  for (const write of node.writes) {
    for (const change of write.changes) {
      if (change.op === 'set' && names.has(change.name) && typeof change.value === 'string' && change.value !== '')
        for (const text of fromEachWord(change.value.toLowerCase().slice(0, 200))) texts.add(text);
    }
  }
  return [...texts];
}

function fromEachWord(text: string): readonly string[] {
  const starts = [...text.matchAll(/[\p{L}\p{N}]+/gu)].map(({ index }) => index);
  return [...new Set([0, ...starts.slice(0, MOST_WORDS)])].map((start) => text.slice(start));
}
