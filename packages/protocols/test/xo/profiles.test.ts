import { type Policy, presets } from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import { xo } from '../../src/xo/index.ts';
import { createWorld, PUBLIC_KEY, request, type World } from '../world.ts';

/** `{ s: 's1' }` is session s1, `e` an e-commerce id, `c` a CRM id; other members are as XO spells them. */
interface Who {
  readonly s?: string;
  readonly e?: string;
  readonly c?: string;
  readonly [repository: string]: string | undefined;
}
const spelled = ({ s, e, c, ...rest }: Who): Record<string, unknown> => ({
  ...(s && { sessionid: s }),
  ...(e && { ecommerceid: e }),
  ...(c && { crmid: c }),
  ...rest,
});

interface More {
  readonly timestamp?: string;
  readonly segments?: readonly string[];
  readonly traits?: object;
}
const act = (action: string, who: Who, { timestamp, ...user }: More = {}) => ({
  action,
  target: { product: '1' },
  ...(timestamp && { timestamp }),
  user: { identities: spelled(who), ...user },
});
type Activity = ReturnType<typeof act>;

const policy = presets['xo'] as Policy;
async function sent(here: World, ...activities: readonly (Activity | readonly Activity[])[]): Promise<World> {
  for (const activity of activities) {
    const reply = await here.send(request('POST', `/${PUBLIC_KEY}`, activity));
    expect(reply.status).toBe(200);
  }
  return here;
}
const send = (...activities: readonly (Activity | readonly Activity[])[]) =>
  sent(createWorld(xo, policy), ...activities);

describe('identity resolution', () => {
  it.each([
    ['a session alone is a new anonymous profile', [act('1', { s: 's1' })], ['session:s1 1']],
    [
      'the first activity with both attributes the session, before and after',
      [act('1', { s: 's1' }), act('2', { s: 's1', e: 'ann' }), act('3', { s: 's1' })],
      ['user:ann 1', 'user:ann 2', 'user:ann 3'],
    ],
    [
      'a second session of the same shopper joins, with what it did before',
      [act('1', { s: 's1', e: 'ann' }), act('2', { s: 's2' }), act('3', { s: 's2', e: 'ann' }), act('4', { s: 's2' })],
      ['user:ann 1', 'user:ann 2', 'user:ann 3', 'user:ann 4'],
    ],
    [
      'a session of A stays with A; B’s activity is B’s; they are two',
      [act('1', { s: 's1', e: 'ann' }), act('2', { s: 's1', e: 'bob' }), act('3', { s: 's1' })],
      ['user:ann 1', 'user:bob 2', 'user:ann 3'],
    ],
    [
      'the same in one request',
      [[act('1', { s: 's1', e: 'zoe' }), act('2', { s: 's1', e: 'bob' }), act('3', { s: 's1' })]],
      ['user:zoe 1', 'user:bob 2', 'user:zoe 3'],
    ],
    [
      'after clearUser a fresh session is a new profile until the next login',
      [act('1', { s: 's1', e: 'ann' }), act('2', { s: 's2' })],
      ['user:ann 1', 'session:s2 2'],
    ],
    [
      'names of repositories have no case',
      [
        act('1', { ecommerceId: 'ann', sessionId: 's1' }),
        act('2', { eCommerceId: 'ann', sessionid: 's2' }),
        act('3', { SESSIONID: 's2' }),
      ],
      ['user:ann 1', 'user:ann 2', 'user:ann 3'],
    ],
    [
      'two sessions in one activity are both linked',
      [
        act('1', { ecommerceId: 'ann', sessionId: 's9', sessionid: 's1' }),
        act('2', { s: 's1' }),
        act('3', { s: 's9' }),
      ],
      ['user:ann 1', 'user:ann 2', 'user:ann 3'],
    ],
    [
      'two spellings of a login: the explicit one speaks, and they stay two',
      [
        act('1', { ecommerceId: 'zoe', ecommerceid: 'bob', sessionid: 's1' }),
        act('2', { s: 's1' }),
        act('3', { e: 'bob' }),
      ],
      ['user:zoe 1', 'user:zoe 2', 'user:bob 3'],
    ],
    [
      'a login without a session is taken and attributes nothing',
      [act('1', { s: 's1' }), act('2', { e: 'ann' })],
      ['session:s1 1', 'user:ann 2'],
    ],
    [
      'two higher identities of one activity are one profile',
      [act('1', { s: 's1', e: 'ann', c: 'c1' }), act('2', { c: 'c1' })],
      ['user:ann 1', 'user:ann 2'],
    ],
    [
      'unless each has a profile of its own already',
      [act('1', { e: 'ann' }), act('2', { c: 'c1' }), act('3', { e: 'ann', c: 'c1' }), act('4', { c: 'c1' })],
      ['user:ann 1', 'crmid:c1 2', 'user:ann 3', 'crmid:c1 4'],
    ],
    [
      'one of them new: it joins the other',
      [act('1', { c: 'c1', s: 's1' }), act('2', { e: 'ann', c: 'c1' }), act('3', { s: 's1' })],
      ['user:ann 1', 'user:ann 2', 'user:ann 3'],
    ],
    [
      'any other repository is higher than a session too',
      [
        act('1', { s: 's1' }),
        act('2', { s: 's1', loyaltyId: 'l1' }),
        act('3', { s: 's2', loyaltyid: 'l1' }),
        act('4', { s: 's2' }),
      ],
      ['loyaltyid:l1 1', 'loyaltyid:l1 2', 'loyaltyid:l1 3', 'loyaltyid:l1 4'],
    ],
    [
      'values that mean nobody are nobody (S13)',
      [act('1', { s: 's1', e: 'undefined' }), act('2', { s: 's2', e: 'undefined' })],
      ['session:s1 1', 'session:s2 2'],
    ],
  ])('%s', async (_name, activities, timeline) => {
    expect((await send(...(activities as Activity[]))).timeline()).toEqual(timeline);
  });

  it('late and reordered activities lead to the same profiles', async () => {
    const at = (second: number) => ({ timestamp: `2023-11-01T10:00:0${second}Z` });
    const story = [
      act('1', { s: 's1' }, at(1)),
      act('2', { s: 's1', e: 'ann' }, at(2)),
      act('3', { s: 's1', e: 'bob' }, at(3)),
      act('4', { s: 's1' }, at(4)),
    ];
    const wanted = ['user:ann 1', 'user:ann 2', 'user:bob 3', 'user:ann 4'];
    for (const order of permutations(story)) {
      expect((await send(...order)).timeline().toSorted()).toEqual(wanted.toSorted());
      expect((await send(order)).timeline().toSorted()).toEqual(wanted.toSorted());
    }
  });

  it('in enforce mode an activity links nothing to a known shopper', async () => {
    const strict = createWorld(xo, { ...policy, identityMode: 'enforce' });
    await sent(strict, act('1', { e: 'ann' }), act('2', { s: 's1', e: 'ann' }));
    expect(strict.timeline()).toEqual(['user:ann 1', 'session:s1 2']);
  });
});

describe('events', () => {
  it('keep what was sent under its own name', async () => {
    const here = await sent(createWorld(xo, policy), {
      ...act('purchase', { s: 's1' }, { timestamp: '2023-11-01T10:00:00.5+02:00' }),
      sourceId: 'src-1',
      metadata: { price: 9990, orderId: 'o1' },
      segments: ['mobile', 'fr'],
      opposite: true,
      later: 1,
    } as Activity);
    expect(here.entries[0]?.entry).toMatchObject({
      time: Date.parse('2023-11-01T08:00:00.500Z'),
      wire: 'xo',
      trust: 0,
      command: {
        name: 'purchase',
        properties: {
          target: { product: '1' },
          metadata: { price: 9990, orderId: 'o1' },
          segments: ['mobile', 'fr'],
          sourceId: 'src-1',
          opposite: true,
        },
      },
    });
    expect(here.entries[0]?.entry.command).not.toHaveProperty('properties.later');
  });

  it('a request sent again is another activity', async () => {
    expect((await send(act('1', { s: 's1' }), act('1', { s: 's1' }))).timeline()).toHaveLength(2);
    const batch = [act('1', { s: 's1' }), act('2', { s: 's1' })];
    expect((await send(batch, batch)).timeline()).toHaveLength(4);
  });
});

describe('stored segments and traits', () => {
  const stored = (here: World, kind = 'session', value = 's1') => {
    const person = here.person(kind, value);
    return { traits: Object.fromEntries(person?.traits ?? []), segments: person?.segments };
  };
  it.each([
    [
      'the newest replaces',
      [
        { segments: ['a', 'b'], traits: { x: 1, y: 1 } },
        { segments: ['c'], traits: { x: 2 } },
      ],
      { segments: ['c'], traits: { x: 2 } },
    ],
    ['what is missing stays', [{ segments: ['a'], traits: { x: 1 } }, {}], { segments: ['a'], traits: { x: 1 } }],
    [
      'each for itself',
      [{ segments: ['a'], traits: { x: 1 } }, { traits: { y: 1 } }],
      { segments: ['a'], traits: { y: 1 } },
    ],
    [
      'empty empties',
      [
        { segments: ['a'], traits: { x: 1 } },
        { segments: [], traits: {} },
      ],
      { segments: [], traits: {} },
    ],
    ['duplicates stay', [{ segments: ['a', 'a'] }], { segments: ['a', 'a'], traits: {} }],
    [
      'and back again',
      [{ traits: { x: 1 } }, { traits: { x: 2 } }, { traits: { x: 1 } }],
      { segments: [], traits: { x: 1 } },
    ],
  ])('%s', async (_name, users, wanted) => {
    const activities = users.map((user, i) => act(`${i}`, { s: 's1' }, user as More));
    expect(stored(await send(...activities))).toEqual(wanted);
    expect(stored(await send(activities))).toEqual(wanted);
  });

  it('goes by the time of the activity, not its arrival', async () => {
    const late = await send(
      act('2', { s: 's1' }, { traits: { x: 2 }, timestamp: '2023-11-01T10:00:02Z' }),
      act('1', { s: 's1' }, { traits: { x: 1, y: 1 }, timestamp: '2023-11-01T10:00:01Z' }),
    );
    expect(stored(late)).toEqual({ traits: { x: 2 }, segments: [] });
  });

  it('and of activities of one second, in requests one after another, by the last', async () => {
    const at = (x: number) => act(`${x}`, { s: 's1' }, { traits: { x }, timestamp: '2023-11-01T10:00:01Z' });
    expect(stored(await send([at(1), at(2)], at(3)))).toEqual({ traits: { x: 3 }, segments: [] });
    expect(stored(await send(at(1), [at(2), at(3)], [at(4)]))).toEqual({ traits: { x: 4 }, segments: [] });
    // What is random in their names does not count.
    const here = createWorld(xo, policy);
    let texts = 9;
    here.host.randomText = () => `${--texts}`;
    expect(stored(await sent(here, [at(1), at(2)], [at(3), at(4)]))).toEqual({ traits: { x: 4 }, segments: [] });
  });

  it('an empty state said at login replaces what the session had', async () => {
    const here = await send(
      act('1', { s: 's1' }, { segments: ['a'], traits: { x: 1 } }),
      act('2', { s: 's1', e: 'ann' }, { segments: [], traits: {} }),
    );
    expect(stored(here, 'user', 'ann')).toEqual({ traits: {}, segments: [] });
  });

  // What is said again at a later time outranks what another sender said in between, so it cannot be left out (G8).
  it('a state repeated with every activity is told each time, and stays one state', async () => {
    const state = { segments: ['a'], traits: { x: { deep: 1 } } };
    const here = await send(...[1, 2].map((i) => act(`${i}`, { s: 's1', e: 'ann' }, state)));
    expect(here.entries.map(({ entry }) => entry.command.type)).toEqual(['Track', 'Describe', 'Track', 'Describe']);
    expect(stored(here, 'user', 'ann')).toEqual({ traits: { x: { deep: 1 } }, segments: ['a'] });
  });

  it('a late word of a moment in between does not outrank what was said again', async () => {
    const state = { segments: ['a'], traits: { x: 1 } };
    const here = await send(act('1', { s: 's1' }, state), act('2', { s: 's1' }, state));
    const [first, , again] = here.entries.map(({ entry }) => entry.time) as [number, number, number];
    const timestamp = new Date((first + again) / 2).toISOString();
    await sent(here, act('3', { s: 's1' }, { timestamp, segments: ['b'], traits: { x: 2 } }));
    expect(stored(here)).toEqual({ traits: { x: 1 }, segments: ['a'] });
  });
});

function permutations<T>(list: readonly T[]): readonly (readonly T[])[] {
  if (list.length < 2) return [list];
  return list.flatMap((one, i) => permutations(list.toSpliced(i, 1)).map((rest) => [one, ...rest]));
}
