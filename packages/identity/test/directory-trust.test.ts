import { describe, expect, it } from 'vitest';
import {
  type Command,
  type DirectoryPolicy,
  explain,
  type IdentifierKey,
  keyOf,
  type Policy,
  presets,
  type Statement,
  searchProfile,
  type Verdict,
} from '../src/index.ts';
import { bestMatch, byDefault, id, ids, link, policyOf, session } from './session.ts';

describe('trust', () => {
  const say = (call: 'login' | 'identify', names: string, mint: string): Command => ({
    type: 'Resolve',
    call,
    ids: ids(names),
    mint,
  });

  it.each([0, 1, 2, 3])(
    '[S10] [M5] a backend’s merge of a customer’s contact joins nobody else where a page asks for that customer (as number %i)',
    (place) => {
      const phone = { kind: 'phone', value: '1' };
      for (const policy of [byDefault, link, bestMatch, presets['selfsame'] as Policy]) {
        const told: [Command, Partial<Statement>][] = [
          [{ type: 'Resolve', call: 'identify', ids: [phone, id('D1')], mint: '100' }, { trust: 2 }],
          [{ type: 'Track', ids: ids('c7 x@'), name: 'View', properties: {} }, { trust: 2 }],
          [{ type: 'Merge', one: id('x@'), other: phone }, { trust: 2 }],
        ];
        const personsOf = (statements: typeof told) => {
          const one = session(policy);
          for (const statement of statements) one.tell(...statement);
          return [one.person('user', 'c7')?.id, one.person('phone', '1')?.id];
        };
        expect(new Set(personsOf(told)).size).toBe(2);
        expect(new Set(personsOf(told.toSpliced(place, 0, [say('identify', 'c7', '900'), {}]))).size).toBe(2);
      }
    },
  );

  it('[S10] a login that a more trusted sender gave is neither taken nor replaced, by modify or by login', () => {
    const one = session(link);
    one.tell(say('login', 'c7 x@', '70'), { trust: 2 });
    one.tell(say('identify', 'D9', '90'));
    const modify = (profile: string, kind: string, now: string | null, trust: 0 | 2) =>
      one.tell({ type: 'Modify', profile, changes: [{ kind, before: null, now }] }, { trust });
    expect(modify('90', 'user', 'c7', 0)).toMatchObject({ status: 'rejected', rule: 'S10' });
    expect(modify('70', 'user', null, 0)).toMatchObject({ status: 'rejected', rule: 'S10' });
    expect(one.tell(say('login', 'c7 y@', '71')).notes).toContainEqual(expect.objectContaining({ rule: 'S10' }));
    expect(one.letterOf(one.person('email', 'x@'))).toBe(one.letterOf(one.person('mpid', '70')));
    expect(modify('90', 'user', 'c7', 2).status).toBe('applied');
    expect(one.letterOf(one.person('user', 'c7'))).toBe(one.letterOf(one.person('mpid', '90')));
  });

  /** The default with room for four identifiers of one person, and a profile that the backend made for c7. */
  function tight(more: Partial<DirectoryPolicy> = {}, perPerson = 4) {
    const policy = policyOf('default', more);
    const one = session({ ...policy, caps: { ...policy.caps, perPerson } });
    one.tell(say('identify', 'c7', '70'), { trust: 2 });
    const modify = (kind: string, before: string | null, now: string | null, trust: 0 | 2) =>
      one.tell({ type: 'Modify', profile: '70', changes: [{ kind, before, now }] }, { trust });
    return {
      ...one,
      modify,
      record: () =>
        one
          .graph()
          .node('mpid:70' as IdentifierKey)
          ?.record.map(({ key }) => key),
    };
  }
  const rulesOf = ({ rule, notes }: Verdict) => [
    rule,
    ...notes.filter((one) => one.effect === 'refused').map((one) => one.rule),
  ];

  it.each(['identify', 'login', 'modify', 'item'] as const)(
    '[K2] a page that fills a record by %s takes no room of the backend’s, and meets the limit itself',
    (how) => {
      const one = tight();
      for (const name of ['D1', 'D2', 'D3', 'D4', 'D5']) {
        if (how === 'modify') one.modify('device', null, name, 0);
        else if (how === 'item')
          one.tell({ type: 'Track', name: 'x', properties: {}, ids: ids(`c7 ${name}`), resolve: { mint: '71' } });
        else one.tell(say(how, `c7 ${name}`, '71'));
      }
      if (how !== 'item') expect(rulesOf(one.last())).toContain('K2');
      expect(one.record()).toEqual(['user:c7', 'device:D1', 'device:D2', 'device:D3']);
      const refused = explain(one.graph(), byDefault, keyOf(id('c7')), keyOf(id('D5')));
      if (how === 'identify' || how === 'login')
        expect(refused).toMatchObject({ same: false, refusal: { rule: 'K2' } });
      for (const name of ['x@', 'D8', 'o1']) {
        const told = one.tell(say('identify', `c7 ${name}`, '72'), { trust: 2 });
        expect(rulesOf(told)).not.toContain('K2');
      }
      expect(rulesOf(one.tell(say('identify', 'c7 D9', '72'), { trust: 2 }))).toContain('K2');
      expect(one.modify('device', null, 'D9', 2)).toMatchObject({ status: 'rejected', rule: 'K2' });
      expect(one.modify('email', null, 'y@', 2).status).toBe('applied');
    },
  );

  it('[K2] a page that says it first takes the backend over no limit', () => {
    const one = tight();
    one.tell(say('identify', 'c7 D1 D2', '71'));
    one.tell(say('identify', 'c7 D3 D4 D5', '71'), { trust: 2 });
    expect(rulesOf(one.tell(say('identify', 'c7 D1', '71'), { trust: 2 }))).toContain('K2');
  });

  it('[K2] counts the records of merged profiles together', () => {
    const one = tight({}, 5);
    one.tell(say('identify', 'c8 D1', '71'), { trust: 2 });
    expect(one.tell({ type: 'Merge', one: id('c7'), other: id('c8') }, { trust: 2 }).status).toBe('applied');
    expect(rulesOf(one.tell(say('identify', 'c7 D2 D3', '71'), { trust: 2 }))).not.toContain('K2');
    expect(rulesOf(one.tell(say('identify', 'c7 D4', '71'), { trust: 2 }))).toContain('K2');
  });

  it('[S10] a page takes out of a record nothing that a backend put there or said again, a device neither', () => {
    const one = tight();
    one.modify('device', null, 'D1', 2);
    expect(one.modify('device', null, null, 0)).toMatchObject({ status: 'rejected', rule: 'S10' });
    one.modify('email', null, 'x@', 0);
    one.modify('email', null, 'x@', 2);
    expect(one.modify('email', null, 'y@', 0)).toMatchObject({ status: 'rejected', rule: 'S10' });
  });

  it('[S10] what a page named first is the customer’s of whom a backend says so', () => {
    const one = tight();
    one.tell(say('identify', 'o1 x@', '80'));
    one.tell(say('identify', 'c7 x@', '71'), { trust: 2 });
    expect(one.letterOf(one.person('email', 'x@'))).toBe(one.letterOf(one.person('mpid', '70')));
  });

  it('[S10] a unique value that only a page gave another profile goes to the backend’s customer, and it is reported', () => {
    const one = tight({ uniqueIds: ['user', 'email'] });
    one.tell(say('login', 'c8 x@', '80'));
    const told = one.tell(say('identify', 'c7 x@', '71'), { trust: 2 });
    expect(told.notes).toContainEqual(expect.objectContaining({ rule: 'S10', code: 'taken-over', one: 'mpid:80' }));
    expect(one.letterOf(one.person('email', 'x@'))).toBe(one.letterOf(one.person('mpid', '70')));
    expect(one.tell(say('login', 'c8 x@', '81')).notes).toContainEqual(expect.objectContaining({ rule: 'R5' }));
  });

  it('[S10] [R6] a page that says a late time moves no word of the backend’s to it', () => {
    const one = session(link);
    const late = { time: 900_000 };
    one.tell(say('login', 'c7 D1', '70'), { trust: 2 });
    one.tell(say('identify', 'D1', '80'), late);
    one.tell(say('login', 'c8 D1', '90'), { trust: 2 });
    expect(one.letterOf(one.person('device', 'D1', 2_999))).toBe(one.letterOf(one.person('mpid', '70')));
    expect(one.letterOf(one.person('device', 'D1', 3_000))).toBe(one.letterOf(one.person('mpid', '90')));
  });

  it('[S10] [R6] a page that repeats the backend’s word with a late time moves no later word of the backend’s', () => {
    const one = session(link);
    one.tell(say('login', 'c7 D1', '70'), { trust: 2 });
    one.tell({ type: 'Identify', ids: ids('c9 D1') }, { wire: 'native', time: 1_500 });
    one.tell(say('login', 'c7 D1', '71'), { time: 900_000 });
    one.tell(say('login', 'c8 D1', '90'), { trust: 2 });
    expect(one.letterOf(one.person('device', 'D1', 4_000))).toBe(one.letterOf(one.person('mpid', '90')));
  });

  it('[S10] [R6] what a backend gives its customer after a page took it up is the customer’s', () => {
    const one = session(byDefault);
    const email = (profile: string, now: string | null) =>
      one.tell({ type: 'Modify', profile, changes: [{ kind: 'email', before: null, now }] }, { trust: 2 });
    one.tell(say('login', 'c7 x@', '70'), { trust: 2 });
    email('70', null);
    one.tell(say('identify', 'o1 x@', '80'), { time: 900_000 });
    one.tell(say('login', 'c8', '90'), { trust: 2 });
    email('90', 'x@');
    expect(one.person('email', 'x@')?.founder.key).toBe('mpid:90');
  });

  /** What a backend told on a wire of its own: a customer with an e-mail, and another customer. */
  function told(policy = byDefault) {
    const one = session(policy);
    const identify = (names: string) =>
      one.tell({ type: 'Identify', ids: ids(names) }, { wire: 'native', trust: 2, time: 500_000 });
    identify('c7 x@');
    identify('c8');
    identify('p9');
    const founder = (kind: string, value: string) => one.person(kind, value)?.founder.key;
    return { ...one, founder };
  }

  it('[S10] [R6] a page’s profile takes no e-mail from the customer to whom a backend gave it', () => {
    const one = told();
    one.tell(say('login', 'c9 x@', '80'));
    expect(one.founder('email', 'x@')).toBe('user:c7');
    const { refusal } = explain(one.graph(), byDefault, keyOf(id('x@')), keyOf(id('c9'))) as { refusal: object };
    expect(refusal).toMatchObject({ rule: 'S10', trust: 0 });
    one.tell({ type: 'Modify', profile: '80', changes: [{ kind: 'email', before: null, now: null }] });
    expect(one.founder('email', 'x@')).toBe('user:c7');
  });

  it('[S10] [S11] [R6] a page’s profile is of one customer of a backend, and of no other', () => {
    const one = told(bestMatch);
    one.tell(say('login', 'c7 c8 p9', '80'));
    expect(one.founder('user', 'c7')).toBe('mpid:80');
    expect(one.founder('email', 'x@')).toBe('mpid:80');
    expect(one.founder('user', 'c8')).toBe('user:c8');
    expect(one.founder('phone', 'p9')).toBe('phone:p9');
    // Not for the time before either, once the record holds it no more.
    one.tell({ type: 'Modify', profile: '80', changes: [{ kind: 'user', before: 'c7', now: null }] });
    expect(one.founder('user', 'c7')).toBe('user:c7');
    expect(one.person('user', 'c7', 1)?.founder.key).toBe('user:c7');
    expect(one.founder('user', 'c8')).toBe('mpid:80');
  });

  it('[S10] [R3] no page leads a backend that asks for a customer to another profile', () => {
    const one = session(bestMatch);
    one.tell(say('login', 'c7', '70'), { trust: 2 });
    one.tell(say('login', 'c8', '80'), { trust: 2 });
    one.tell(say('login', 'c7 c8 D1', '71'));
    one.tell({ type: 'Modify', profile: '70', changes: [{ kind: 'device', before: null, now: 'D1' }] });
    expect(one.tell(say('login', 'c8 D1', '90'), { trust: 2 }).answer?.mpid).toBe('80');
  });

  it.each([
    ['before', 1],
    ['before', 900_000],
    ['after', 1],
    ['after', 900_000],
  ] as const)(
    '[R1] [S10] no profiles of pages push a backend’s out of a lookup: made %s it, of %i ms',
    (when, time) => {
      const one = session(bestMatch);
      const give = (profile: string): Command => ({
        type: 'Modify',
        profile,
        changes: [{ kind: 'email', before: null, now: 'x@' }],
      });
      const pages = Array.from({ length: 120 }, (_, i) => [say('identify', `o${i}`, `${900 + i}`), give(`${900 + i}`)])
        .flat()
        .map((command): Statement => ({ project: 'p', wire: 'mparticle', trust: 0, time, command }));
      if (when === 'before') one.statements.push(...pages);
      one.tell(say('identify', 'c7', '70'), { trust: 2, time: 5_000 });
      one.tell(give('70'), { trust: 2, time: 5_000 });
      if (when === 'after') one.statements.push(...pages);
      expect(one.tell(say('identify', 'c7 x@', '80'), { trust: 2 }).answer?.mpid).toBe('70');
      expect(one.tell(say('identify', 'x@', '80'), { trust: 2 }).answer?.how).toBe('found');
      const holders = one.graph().node('email:x@' as IdentifierKey)?.holders ?? [];
      expect(holders).toHaveLength(100);
      expect(holders).toContainEqual({ profile: 'mpid:70', trust: 2 });
    },
  );

  it.each([1, 1_500, 900_000])(
    '[R3] [S10] D1: no page decides between two profiles of a backend, whatever time it says: %i',
    (time) => {
      const one = session(bestMatch);
      one.tell(say('identify', 'o7 x@', '70'), { trust: 2, time: 1_000 });
      one.tell(say('identify', 'o8', '80'), { trust: 2, time: 2_000 });
      one.tell(
        { type: 'Modify', profile: '80', changes: [{ kind: 'email', before: null, now: 'x@' }] },
        { trust: 2, time: 2_000 },
      );
      one.tell({ type: 'Track', ids: [{ kind: 'mpid', value: '70' }], name: 'x', properties: {} }, { time });
      expect(one.tell(say('identify', 'x@', '90'), { trust: 2 }).answer?.mpid).toBe('80');
    },
  );

  it('[R3] [S10] D1: … nor between profiles that are known by a page’s word, of which a backend named one', () => {
    const one = session(bestMatch);
    one.tell(say('identify', 'o7', '70'), { trust: 2, time: 1_000 });
    one.tell({ type: 'Modify', profile: '70', changes: [{ kind: 'email', before: null, now: 'x@' }] });
    one.tell(say('identify', 'o8', '80'), { time: 900_000 });
    one.tell(
      { type: 'Modify', profile: '80', changes: [{ kind: 'email', before: null, now: 'x@' }] },
      { time: 900_000 },
    );
    expect(one.tell(say('identify', 'x@', '90'), { trust: 2 }).answer?.mpid).toBe('70');
  });

  it.each([3, 30])(
    '[K2] a page that gives a profile another e-mail %i times as often as the limit makes it no larger',
    (often) => {
      const [one, other] = [tight(), tight()];
      for (let i = 0; i < 4 * often; i++) {
        one.statements.push({
          project: 'p',
          wire: 'mparticle',
          trust: 0,
          time: 1,
          command: say('identify', `c7 ${i}@`, '71'),
        });
        const changes = [{ kind: 'email', before: null, now: `${i}@` }];
        other.statements.push({
          project: 'p',
          wire: 'mparticle',
          trust: 0,
          time: 1,
          command: { type: 'Modify', profile: '70', changes },
        });
      }
      for (const { graph, last, tell, record } of [one, other]) {
        expect(rulesOf(last())).toContain('K2');
        expect(graph().node('mpid:70' as IdentifierKey)?.below.length).toBe(8);
        // A backend is stopped by none of it.
        expect(rulesOf(tell(say('identify', 'c7 new@', '71'), { trust: 2 }))).not.toContain('K2');
        expect(record()).toContain('email:new@');
      }
    },
  );

  it('[S10] [M5] what a backend merges as a page’s profile stays with it, and nobody else comes in', () => {
    const one = told();
    one.tell(say('login', 'c9', '80'));
    one.tell({ type: 'Merge', one: id('c8'), other: id('c9') }, { trust: 2 });
    expect(one.founder('user', 'c9')).toBe('mpid:80');
    expect(one.founder('user', 'c8')).toBe('mpid:80');
    const change = (kind: string, now: string | null) =>
      one.tell({ type: 'Modify', profile: '80', changes: [{ kind, before: null, now }] });
    expect(change('user', null)).toMatchObject({ status: 'rejected', rule: 'S10' });
    expect(change('phone', 'p9').status).toBe('applied');
    expect(one.founder('phone', 'p9')).toBe('phone:p9');
  });

  it('[S10] [L7d] a page that says a late time gives no e-mail to another of those to whom a backend gave it', () => {
    const one = session(presets['selfsame'] as Policy);
    one.tell({ type: 'Merge', one: id('x@'), other: id('y@') }, { trust: 2, time: 1_000 });
    one.tell(say('login', 'c7 x@', '70'), { trust: 2, time: 1_000 });
    one.tell(say('login', 'c8 y@', '80'), { trust: 2, time: 2_000 });
    const before = one.person('email', 'x@')?.founder.key;
    one.tell(say('identify', 'x@ D1', '90'), { time: 900_000 });
    expect(one.person('email', 'x@')?.founder.key).toBe(before);
  });

  it('[E3] enforce: whoever a page names, known or not, its devices alone count', () => {
    const one = session({ ...link, identityMode: 'enforce' });
    one.tell(say('login', 'c7 x@', '70'), { trust: 2 });
    const known = one.tell(say('login', 'c7 x@ D1', '80')).answer;
    const unknown = one.tell(say('login', 'c8 y@ D2', '81')).answer;
    const nameless = (answer: object | undefined) => JSON.stringify(answer).replaceAll(/"8[01]"/g, '');
    expect(nameless(known)).toBe(nameless(unknown));
    expect(one.person('user', 'c8')).toBeUndefined();
    expect(searchProfile(one.graph(), { ...link, identityMode: 'enforce' }, ids('c7'), 0)).toBeUndefined();
    expect(searchProfile(one.graph(), { ...link, identityMode: 'enforce' }, ids('c7'), 2)?.mpid).toBe('70');
  });
});
