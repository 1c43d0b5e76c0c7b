import { expect, it } from 'vitest';
import type { PersonGraphAnswer } from '../../api/shapes.ts';
import { joinedBy, keyOf, layoutOf } from './layout.ts';

const id = (kind: string, value: string) => ({ kind, value });
const link = (from: string, to: string): PersonGraphAnswer['links'][number] => ({
  claim: `c${from}`,
  rule: 'L6',
  position: 1,
  time: '2026-01-01T00:00:00.000Z',
  source: 'native',
  trust: 2,
  from: id('device', from),
  to: id(to.startsWith('u') ? 'user' : 'device', to),
});
const graphOf = (count: number): PersonGraphAnswer => ({
  id: 'p',
  founder: id('user', 'u'),
  nodes: [
    { ...id('user', 'u'), role: 'login', firstSeen: null, person: 'p' },
    ...Array.from({ length: count }, (_, i) => ({
      ...id('device', `${i}`),
      role: 'anonymous' as const,
      firstSeen: null,
      person: 'p',
    })),
  ],
  nodeCount: count + 1,
  links: Array.from({ length: count }, (_, i) => link(`${i}`, 'u')),
});

it('500 identifiers each have a place of their own, the same each time', () => {
  const graph = graphOf(499);
  const layout = layoutOf(graph);
  const places = [...layout.places.values()];
  expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(500);
  for (const { x, y } of places) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x).toBeLessThanOrEqual(layout.width);
    expect(y).toBeLessThanOrEqual(layout.height);
  }
  expect(layoutOf(graph)).toEqual(layout);
});

it('who has joined follows from the links told so far, in whatever direction they are written', () => {
  const graph = { ...graphOf(2), links: [link('1', '0'), link('0', 'u')] };
  expect([0, 1, 2].map((count) => joinedBy(graph.founder, graph.links.slice(0, count)).size)).toEqual([1, 1, 3]);
  expect([...joinedBy(graph.founder, [])]).toEqual([keyOf(graph.founder)]);
});
