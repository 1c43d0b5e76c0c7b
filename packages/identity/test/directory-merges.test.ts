import { describe, expect, it } from 'vitest';
import { type Command, explain, keyOf, type Policy, presets, type Statement } from '../src/index.ts';
import { bestMatch, byDefault, id, ids, isolation, link, policyOf, session } from './session.ts';

describe('one person, whichever wire saw them', () => {
  const mixpanel = (names: string, time: number): [Command, Partial<Statement>] => [
    { type: 'Track', ids: ids(names), name: 'View', properties: {} },
    { wire: 'mixpanel', time },
  ];

  it('[R6] a customer known from Mixpanel and a profile’s customerid are one person, with all devices', () => {
    const one = session(byDefault);
    one.tell(...mixpanel('D5', 10));
    one.tell(...mixpanel('D5 c7', 20));
    one.call('identify D1');
    one.call('login D1 c7');
    for (const [kind, value] of [
      ['user', 'c7'],
      ['device', 'D5'],
      ['device', 'D1'],
    ] as const)
      expect(one.letterOf(one.person(kind, value))).toBe('A');
    expect(explain(one.graph(), byDefault, keyOf(id('D5')), keyOf(id('D1')))).toMatchObject({
      same: true,
      chain: [{ rule: 'L6b', source: 'mixpanel' }, { rule: 'R6', source: 'mparticle' }, { rule: 'L6b' }],
    });
  });

  it('[A2] events that carry an MPID, late or from a second tab, belong to that profile', () => {
    const one = session(byDefault);
    one.call('login D1 c7');
    one.call('logout D1');
    const late = one.tell(
      { type: 'Track', ids: [{ kind: 'mpid', value: one.mpidOf('A') }], name: 'Late', properties: {} },
      { time: 500 },
    );
    expect(late.person).toBe(one.person('user', 'c7')?.id);
  });

  it('[L6] a device’s time goes to the profile that was answered, stretch by stretch', () => {
    const one = session(byDefault);
    one.call('identify D1');
    one.call('login D1 c7');
    one.call('logout D1');
    one.call('login D1 c8');
    const owner = (time: number) => one.letterOf(one.person('device', 'D1', time));
    expect([500, 1500, 2500, 3500, 4500].map(owner)).toEqual(['A', 'A', 'A', 'B', 'B']);
  });

  it('[R12] an item without an MPID is resolved as an identify', () => {
    const one = session(byDefault);
    const track = (names: string, mint: string): Command => ({
      type: 'Track',
      ids: ids(names),
      name: 'x',
      properties: {},
      resolve: { mint },
    });
    expect(one.tell(track('c7 D1', '50')).anchor).toEqual({ kind: 'mpid', value: '50' });
    expect(one.tell(track('c7', '51')).anchor).toEqual({ kind: 'mpid', value: '50' });
    expect(one.person('user', 'c7')?.known).toBe(true);
  });

  it('[R12] items of one batch stay together, also when nothing they name is looked up', () => {
    const one = session(policyOf('default', { priority: ['user'] }));
    const track: Command = { type: 'Track', ids: ids('x@'), name: 'x', properties: {}, resolve: { mint: '50' } };
    expect([one.tell(track).anchor?.value, one.tell(track).anchor?.value]).toEqual(['50', '50']);
  });

  it('[M5] the server key joins two profiles by their customers', () => {
    const one = session(byDefault);
    one.call('login c7');
    one.call('login c8');
    one.tell({ type: 'Merge', one: id('c7'), other: id('c8') }, { trust: 2 });
    expect(one.person('user', 'c7')?.id).toBe(one.person('user', 'c8')?.id);
    expect(one.tell({ type: 'Merge', one: id('c7'), other: id('c8') }).status).toBe('applied');
  });
});

describe('[M5] a merge of two logins and the answers about them', () => {
  const merge: Command = { type: 'Merge', one: id('c7'), other: id('c8') };
  const login = (who: string, mint: string): Command => ({ type: 'Resolve', call: 'login', ids: ids(who), mint });
  const [seven, eight] = [login('c7 x@', '70'), login('c8', '80')];
  const orders = [
    [merge, seven],
    [seven, merge],
    [merge, eight],
    [eight, merge],
    [merge, seven, eight],
    [merge, eight, seven],
    [seven, merge, eight],
    [eight, merge, seven],
    [seven, eight, merge],
    [eight, seven, merge],
  ];
  const name = (order: readonly Command[]) =>
    order.map((one) => (one === merge ? 'merge' : one === seven ? 'c7' : 'c8')).join(', ');

  it.each(orders.map((order) => [name(order), order] as const))('%s: one person', (_name, order) => {
    for (const policy of [byDefault, link, isolation, bestMatch, presets['selfsame'] as Policy]) {
      const one = session(policy);
      for (const command of order) one.tell(command, { trust: 2 });
      const person = one.person('user', 'c7');
      expect(one.person('user', 'c8')?.id).toBe(person?.id);
      if (order.includes(seven)) expect(one.person('mpid', '70')?.id).toBe(person?.id);
      if (order.includes(eight)) expect(one.person('mpid', '80')?.id).toBe(person?.id);
      // Said again, it is so still.
      for (const command of order) one.tell(command, { trust: 2 });
      expect(one.person('user', 'c8')?.id).toBe(one.person('user', 'c7')?.id);
    }
  });

  it('[R6] [M6] of merged contacts a record that holds one holds both, whatever a page says of the other', () => {
    const phone = { kind: 'phone', value: '1' };
    for (const policy of [byDefault, link, bestMatch, presets['selfsame'] as Policy]) {
      const one = session(policy);
      one.tell({ type: 'Merge', one: phone, other: id('x@') }, { trust: 2, time: 1_000 });
      one.tell({ type: 'Resolve', call: 'identify', ids: [phone], mint: '100' }, { trust: 2, time: 2_000 });
      one.tell({ type: 'Track', ids: [id('c7'), phone], name: 'View', properties: {} }, { trust: 2, time: 1_000 });
      one.tell(login('c7', '70'), { trust: 2, time: 1_000 });
      const persons = () => [one.person('phone', '1')?.id, one.person('email', 'x@')?.id];
      expect(persons()).toEqual([one.person('mpid', '100')?.id, one.person('mpid', '100')?.id]);
      const [before] = persons();
      const page: Command = {
        ...{ type: 'Track', ids: ids('c7 x@'), name: 'View', properties: {} },
        resolve: { mint: '900' },
      } as Command;
      one.tell(page, { time: 3_000 });
      expect(persons()).toEqual([before, before]);
    }
  });

  it('[K2] within the limit, which the answer does not hang on', () => {
    const one = session({ ...byDefault, caps: { ...byDefault.caps, perPerson: 4 } });
    one.tell(merge, { trust: 2 });
    one.tell(login('c8 D1 D2', '80'), { trust: 2 });
    expect(one.tell(login('c7 D3 D4', '70'), { trust: 2 }).answer?.mpid).toBe('70');
    expect(explain(one.graph(), byDefault, keyOf(id('c7')), keyOf(id('c8')))).toMatchObject({
      refusal: { rule: 'K2' },
    });
  });
});
