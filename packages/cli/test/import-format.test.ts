import { describe, expect, it } from 'vitest';
import { Batches } from '../src/import/batches.ts';
import { type Outgoing, outgoing, type Wire, wireOf } from '../src/import/format.ts';

const prepare = (wire: Wire, value: unknown, number = 1) => {
  const made = outgoing({ wire, value, number, token: 'TOK' });
  return 'problem' in made ? made : { route: made.route, body: JSON.parse(made.json) as Record<string, unknown> };
};

describe('wireOf', () => {
  it.each([
    ['a native item', { type: 'track', ids: {} }, 'native'],
    ['a Mixpanel event', { event: 'A', properties: {} }, 'mixpanel'],
    ['a Mixpanel profile', { $distinct_id: 'u', $properties: {} }, 'mixpanel'],
    ['something else', { a: 1 }, undefined],
    ['no object', 'text', undefined],
    ['null', null, undefined],
  ])('%s', (_name, value, wire) => {
    expect(wireOf(value)).toBe(wire);
  });
});

describe('outgoing', () => {
  it('leaves items that have an insert id as they are', () => {
    const item = { type: 'track', name: 'A', insertId: 'i1' };
    expect(prepare('native', item)).toEqual({ route: 'batch', body: item });
    const event = { event: 'A', properties: { $insert_id: 'i1', time: 1 } };
    expect(prepare('mixpanel', event)).toEqual({ route: 'import', body: event });
  });

  it('gives others one that a second run gives again, and an equal item elsewhere in the file does not', () => {
    const item = { type: 'track', name: 'A' };
    const first = prepare('native', item, 1);
    expect(first).toMatchObject({ body: { insertId: expect.stringMatching(/^[0-9a-f]{32}$/) } });
    expect(prepare('native', item, 1)).toEqual(first);
    expect(prepare('native', item, 2)).not.toEqual(first);
    expect(prepare('mixpanel', { event: 'A', properties: {} })).toMatchObject({
      body: { properties: { $insert_id: expect.stringMatching(/^[0-9a-f]{32}$/) } },
    });
  });

  it("turns a line of Mixpanel's profile export into an update", () => {
    expect(prepare('mixpanel', { $distinct_id: 'u', $properties: { plan: 'pro' } })).toEqual({
      route: 'engage',
      body: { $distinct_id: 'u', $set: { plan: 'pro' }, $token: 'TOK' },
    });
  });

  it.each<[string, Wire, unknown]>([
    ['a list', 'native', []],
    ['a native item without a type', 'native', { name: 'A' }],
    ['an event without properties', 'mixpanel', { event: 'A' }],
    ['an event without a name', 'mixpanel', { properties: {} }],
  ])('says what is wrong with %s', (_name, wire, value) => {
    expect(prepare(wire, value)).toHaveProperty('problem');
  });
});

describe('Batches', () => {
  const item = (route: Outgoing['route'], size = 10): Outgoing => ({ route, number: 1, json: 'x'.repeat(size) });

  it('sends a request when it is full, and the rest at the end', () => {
    const batches = new Batches(2);
    const sizes = [1, 2, 3].map(() => batches.add(item('batch')).length);
    expect([...sizes, batches.take().length, batches.take().length]).toEqual([0, 0, 2, 1, 0]);
  });

  it('never mixes routes, and keeps requests far below what a server takes', () => {
    const batches = new Batches(1000);
    batches.add(item('import'));
    expect(batches.add(item('engage')).map((one) => one.route)).toEqual(['import']);
    batches.take();
    batches.add(item('batch', 3_000_000));
    expect(batches.add(item('batch', 3_000_000))).toHaveLength(1);
  });
});
