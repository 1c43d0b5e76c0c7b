import { expect, it } from 'vitest';
import {
  type Command,
  entryOf,
  type Identifier,
  keyOf,
  MemoryGraph,
  type Node,
  ownershipOf,
  type Policy,
  presets,
  step,
} from '../src/index.ts';
import { togetherWith } from '../src/reading/merged.ts';
import { derive } from './history.ts';

const HOUR = 3_600_000;
const device = (n: number): Identifier => ({ kind: 'device', value: `d${n}` });
const [ann, bob] = ['ann', 'bob'].map((value): Identifier => ({ kind: 'user', value })) as [Identifier, Identifier];

/** Merged devices on each of which the same two sign in by turns, hour by hour, by a page's words. */
function told(preset: string, devices: number, hours: number, changes: number) {
  const usual = presets[preset] as Policy;
  const policy: Policy = { ...usual, caps: { ...usual.caps, changes } };
  const graph = new MemoryGraph();
  let position = 0;
  const say = (command: Command, time: number) => {
    position += 1;
    const statement = { project: 'p', wire: 'native', trust: 0, command, time } as const;
    step(graph, { policy, derive }, entryOf(statement, policy, { position, at: 1e12 + position }));
  };
  for (let n = 1; n < devices; n++) say({ type: 'Merge', one: device(0), other: device(n) }, 0);
  for (let hour = 0; hour < hours; hour++)
    for (let n = 0; n < devices; n++)
      say({ type: 'Identify', ids: [hour % 2 === 0 ? ann : bob, device(n)] }, hour * HOUR + n);
  const node = graph.node(keyOf(device(0))) as Node;
  return { graph, policy, node, say };
}

it('[K4] of many merged devices as many changes count as four could make, from either end; between them they are nobody’s', () => {
  const { graph, policy, node } = told('by-interval', 6, 30, 6);
  const stretches = ownershipOf(graph, policy, node).map(({ from, person }) => [Math.floor(from / HOUR), person.key]);
  const own = keyOf(device(0));
  const [a, b] = [keyOf(ann), keyOf(bob)];
  expect(stretches).toEqual([
    [Number.NEGATIVE_INFINITY, a],
    [1, b],
    [2, a],
    [3, b],
    [4, own],
    [26, a],
    [27, b],
    [28, a],
    [29, b],
  ]);
});

it.each(['selfsame', 'by-interval', 'mixpanel-original'])(
  '[K4] [M6] of six times as many merged devices that changed hands more often than counts as many words are read (%s)',
  (preset) => {
    const [few, many] = [5, 30].map((devices) => {
      const { graph, policy, node } = told(preset, devices, 12, 2);
      return togetherWith(graph, policy, node).said.length;
    }) as [number, number];
    console.log(`words read of merged devices (${preset}): ${few} of 5, ${many} of 30`);
    expect(many).toBeLessThan(1.2 * few);
  },
);

it.each([3, 8])('[K4] what is read of %i merged devices is known again after a word more', (devices) => {
  const { graph, policy, node, say } = told('selfsame', devices, 60, 20);
  const known = new Set(togetherWith(graph, policy, node).said);
  say({ type: 'Identify', ids: [ann, device(0)] }, 60 * HOUR);
  const { said } = togetherWith(graph, policy, graph.node(keyOf(device(0))) as Node);
  const fresh = said.filter((one) => !known.has(one)).length;
  console.log(`of ${said.length} words of ${devices} merged devices ${fresh} are found anew`);
  expect(fresh).toBeLessThan(10);
});
