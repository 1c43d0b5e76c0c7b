import {
  type Identifier,
  MemoryGraph,
  Overlay,
  type PersonId,
  type Policy,
  presets,
  type Rules,
  step,
} from '@selfsame/identity';

/**
 * Visitors who come one by one, and then thousands who log in on one device: a program whose collections are watched. It
 * says when the second begins.
 */
const rules: Rules = {
  policy: presets['selfsame'] as Policy,
  derive: (_, { kind, value }) => `${kind} of ${value}` as PersonId,
};
const graph = new MemoryGraph();
const device = (value: string): Identifier => ({ kind: 'device', value });
let position = 0;

/** What the last request was made of lives until the next. */
const lately: (readonly object[])[] = [];
for (let n = 0; n < 1_500; n++) {
  decide([[device(`of visitor ${n}`)]]);
  lately[0] = Array.from({ length: 3_000 }, () => ({}));
}
console.log('one device');
for (let n = 0; n < 10_000; n += 50)
  decide(Array.from({ length: 50 }, (_, i) => [{ kind: 'user', value: `user-${n + i}` }, device('shared')]));

/** Items on a draft that is then taken over, as a store does it. */
function decide(items: readonly (readonly Identifier[])[]): void {
  let number = graph.nextNumber() - 1;
  const draft = new Overlay(graph, () => ++number);
  for (const ids of items) {
    position += 1;
    const at = 1e12 + position;
    const command = { type: 'Identify', ids } as const;
    step(draft, rules, {
      project: 'p',
      wire: 'native',
      trust: 0,
      command,
      insertId: `${position}`,
      position,
      at,
      time: at,
    });
  }
  for (const [key, claims] of draft.kept) graph.keep(key, claims);
  for (const node of draft.changed.values()) graph.put(node);
}
