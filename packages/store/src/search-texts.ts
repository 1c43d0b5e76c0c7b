import type { Node } from '@selfsame/identity';

const names = new Set(['name', '$name', 'email', '$email', 'first_name', '$first_name', 'last_name', '$last_name']);

/** What a search finds an identifier by, in lower case: its value, and the names and e-mails said of it. */
export function searchTexts(node: Node): readonly string[] {
  const texts = new Set([node.id.value.toLowerCase()]);
  for (const write of node.writes) {
    for (const change of write.changes) {
      if (change.op === 'set' && names.has(change.name) && typeof change.value === 'string' && change.value !== '')
        texts.add(change.value.toLowerCase().slice(0, 200));
    }
  }
  return [...texts];
}
