import { describe, expect, it } from 'vitest';
import {
  type Command,
  type DirectoryPolicy,
  directoryOf,
  eventHoldings,
  explain,
  fold,
  type IdentifierKey,
  identifierHoldings,
  keyOf,
  type Person,
  type Policy,
  personAt,
  presets,
  preview,
  type Statement,
  searchProfile,
  spansOf,
  type Verdict,
} from '../src/index.ts';
import { derive, entriesOf } from './history.ts';

/** `D1` a device, `c7` a customer id, `o1` an `other`, `x@` an e-mail. */
function id(name: string) {
  if (name.endsWith('@')) return { kind: 'email', value: name };
  const kind = ({ D: 'device', c: 'user', o: 'other', p: 'phone' } as const)[name[0] as 'D'];
  return { kind, value: name };
}
const ids = (names: string) => names.split(' ').filter(Boolean).map(id);

/** A call by name: `identify D1`, `login D1 c7 prev A`, `modify A email x@ y@`, `track A`. Capital letters name MPIDs in order of making. */
function session(policy: Policy) {
  const statements: Statement[] = [];
  const made = new Map<string, string>();
  const letters = 'ABCDEFGHIJ';
  const letter = (mpid: string) => {
    if (!made.has(mpid)) made.set(mpid, letters[made.size] as string);
    return made.get(mpid) as string;
  };
  const mpidOf = (name: string) => [...made].find(([, one]) => one === name)?.[0] ?? name;
  const all = () => fold(entriesOf(statements, policy), { policy, derive });

  /** Says one command; answers its verdict. */
  function tell(command: Command, more: Partial<Statement> = {}): Verdict {
    statements.push({
      project: 'p',
      wire: 'mparticle',
      trust: 0,
      time: (statements.length + 1) * 1000,
      command,
      ...more,
    });
    return all().verdicts.at(-1) as Verdict;
  }
  /** A directory call in words; answers the letter of the profile, or the code of the refusal. */
  function call(words: string): string {
    const [verb, ...rest] = words.split(' ') as [string, ...string[]];
    const prev = rest.indexOf('prev');
    const previous = prev < 0 ? undefined : mpidOf(rest[prev + 1] as string);
    const names = (prev < 0 ? rest : rest.slice(0, prev)).join(' ');
    const mint = String(1000 + statements.length);
    const verdict = tell({
      type: 'Resolve',
      call: verb as 'identify',
      ids: ids(names),
      mint,
      ...(previous === undefined ? {} : { previous }),
    });
    return verdict.answer === undefined ? (verdict.notes[0]?.code as string) : letter(verdict.answer.mpid);
  }
  function modify(
    profile: string,
    ...changes: readonly [kind: string, before: string | null, now: string | null][]
  ): Verdict {
    return tell({
      type: 'Modify',
      profile: mpidOf(profile),
      changes: changes.map(([kind, before, now]) => ({ kind, before, now })),
    });
  }
  const graph = () => all().graph;
  const person = (kind: string, value: string, time = Number.POSITIVE_INFINITY): Person | undefined =>
    personAt(graph(), policy, keyOf({ kind, value: kind === 'mpid' ? mpidOf(value) : value }), time);
  /** What stands in a profile's record, sorted. */
  const record = (name: string) =>
    spansOf(identifierHoldings(person('mpid', name) as Person))
      .filter((span) => span.to === Number.POSITIVE_INFINITY && span.node.id.kind !== 'mpid')
      .map((span) => span.node.id.value)
      .sort()
      .join(' ');
  const letterOf = (found: Person | undefined) =>
    found === undefined
      ? '-'
      : found.founder.id.kind === 'mpid'
        ? letter(found.founder.id.value)
        : found.founder.id.value;
  return {
    tell,
    call,
    modify,
    graph,
    person,
    record,
    mpidOf,
    letterOf,
    statements,
    last: () => all().verdicts.at(-1) as Verdict,
  };
}

const policyOf = (strategy: DirectoryPolicy['strategy'], change: Partial<DirectoryPolicy> = {}): Policy => ({
  ...(presets['by-interval'] as Policy),
  directory: { ...directoryOf(strategy), ...change },
});
const byDefault = policyOf('default');
const conversion = policyOf('profile_conversion', { uniqueIds: ['user', 'email'] });
const link = policyOf('profile_link');
const isolation = policyOf('profile_isolation');
const bestMatch = policyOf('best_match');

/** Calls, and the profile that each should answer. */
type Row = readonly [rule: string, policy: Policy, ...calls: readonly (readonly [words: string, answer: string])[]];

const rows: readonly Row[] = [
  // The decision table at the end of SPEC.md, row by row
  ['[R3] no login, match: that profile', byDefault, ['identify D1', 'A'], ['identify D1', 'A'], ['login D1', 'A']],
  ['[R3] … under link', link, ['identify D1', 'A'], ['login D1', 'A']],
  [
    '[R8] … under isolation a login is refused',
    isolation,
    ['identify D1', 'A'],
    ['identify D1', 'A'],
    ['login D1', 'LOOKUP_ERROR'],
  ],
  ['[R3] … under best match', bestMatch, ['identify D1', 'A'], ['login D1', 'A']],
  [
    '[R9] no login, no match: the previous profile while it is anonymous',
    byDefault,
    ['identify D1', 'A'],
    ['identify D2 prev A', 'A'],
  ],
  ['[R9] … or a new one', byDefault, ['login D1 c7', 'A'], ['identify D2 prev A', 'B'], ['identify D3', 'C']],
  ['[R9] … under conversion', conversion, ['identify D1', 'A'], ['identify D2 prev A', 'A']],
  ['[R9] … link, isolation and best match make a new one', link, ['identify D1', 'A'], ['identify D2 prev A', 'B']],
  ['[R9] … isolation', isolation, ['identify D1', 'A'], ['identify D2 prev A', 'B'], ['login D3', 'C']],
  ['[R9] … best match', bestMatch, ['identify D1', 'A'], ['identify D2 prev A', 'B']],
  ['[R3] a known profile by its login', byDefault, ['login D1 c7', 'A'], ['login D2 c7', 'A'], ['identify c7', 'A']],
  [
    '[R3] login unseen, anonymous profile by the device: it becomes known, same MPID',
    byDefault,
    ['identify D1', 'A'],
    ['login D1 c7', 'A'],
  ],
  [
    '[R4] … under link a new profile; the anonymous one stays (D7)',
    link,
    ['identify D1', 'A'],
    ['login D1 x@', 'B'],
    ['identify D1', 'A'],
  ],
  ['[R4] … under isolation too', isolation, ['identify D1', 'A'], ['login D1 x@', 'B'], ['identify D1', 'A']],
  ['[R4] login unseen, only a known profile by the device', byDefault, ['login D1 c7', 'A'], ['login D1 c8', 'B']],
  ['[R4] … under conversion', conversion, ['login D1 c7', 'A'], ['login D1 c8', 'B']],
  [
    '[R9] login unseen, nothing matches: previous while anonymous',
    byDefault,
    ['identify D1', 'A'],
    ['login D2 c7 prev A', 'A'],
  ],
  ['[R9] … link makes a new one', link, ['identify D1', 'A'], ['login D2 c7 prev A', 'B']],
  [
    '[R3] some logins seen, some not: the seen one',
    link,
    ['login D1 c7', 'A'],
    ['login D2 c7 x@', 'A'],
    ['login D3 x@', 'A'],
  ],
  ['[R4] D4: unless a higher login differs', link, ['login D1 c7 x@', 'A'], ['login D2 c8 x@', 'B']],
  [
    '[R3] logins of two known profiles: the higher priority',
    link,
    ['login D1 c7', 'A'],
    ['login D2 x@', 'B'],
    ['login D3 c7 x@', 'A'],
    ['login D4 x@', 'B'],
  ],
  ['[R7] logout: always a new profile', byDefault, ['login D1 c7', 'A'], ['logout D1', 'B'], ['logout D1', 'C']],
  ['[R7] … link', link, ['identify D1', 'A'], ['login D1 x@', 'B'], ['logout D1', 'C']],
  [
    '[R7] … isolation: back to the anonymous profile',
    isolation,
    ['identify D1', 'A'],
    ['login D1 x@', 'B'],
    ['logout D1', 'A'],
    ['logout D9', 'C'],
  ],
  ['[R7] … best match: as identify (D8)', bestMatch, ['identify D1', 'A'], ['logout D1', 'A']],
  [
    '[R7] … reused where a project asks for it',
    policyOf('default', { reuseAnonymousAtLogout: true }),
    ['login D1 c7', 'A'],
    ['logout D1', 'B'],
    ['login D1 c7', 'A'],
    ['logout D1', 'B'],
  ],
  [
    '[R3] D1: previous first, then most recently seen',
    byDefault,
    ['identify D1', 'A'],
    ['logout D1', 'B'],
    ['identify D1 prev A', 'A'],
    ['identify D1', 'A'],
  ],
  [
    '[R3] a lower kind narrows several, unless nobody of them holds it',
    byDefault,
    ['identify D1 x@', 'A'],
    ['logout D2 x@', 'B'],
    ['identify D1 x@', 'A'],
    ['identify D2 x@', 'B'],
    ['identify D1 x@', 'A'],
    ['identify D9 x@', 'A'],
  ],
  [
    '[R3] only the kinds of the priority list are looked up, in its order',
    policyOf('default', { priority: ['device', 'email'] }),
    ['identify D1 x@', 'A'],
    ['identify o1', 'B'],
    ['identify o1', 'C'],
    ['identify D2 p1', 'D'],
    ['identify D2 x@', 'D'],
  ],

  // Six scenarios of several calls
  [
    'scenario 1: default, web',
    byDefault,
    ['identify D1', 'A'],
    ['login D1 c7 x@ prev A', 'A'],
    ['logout D1', 'B'],
    ['login D1 c7', 'A'],
    ['identify D1', 'B'],
  ],
  [
    'scenario 2: link',
    link,
    ['identify D1', 'A'],
    ['login D1 x@', 'B'],
    ['logout D1', 'C'],
    ['login D1 y@', 'D'],
    ['login D1 x@', 'B'],
  ],
  [
    'scenario 3: isolation',
    isolation,
    ['identify D1', 'A'],
    ['login D1 x@', 'B'],
    ['logout D1', 'A'],
    ['login D1 y@', 'C'],
    ['logout D1', 'A'],
    ['login D1', 'LOOKUP_ERROR'],
  ],
  [
    'scenario 4: best match',
    bestMatch,
    ['identify D1', 'A'],
    ['identify D1 x@', 'A'],
    ['identify D2', 'B'],
    ['identify D2 x@', 'A'],
  ],
];

describe('the directory, row by row', () => {
  it.each(rows.map((row) => [row[0], row] as const))('%s', (_rule, [, policy, ...calls]) => {
    const one = session(policy);
    expect(calls.map(([words]) => one.call(words))).toEqual(calls.map(([, answer]) => answer));
  });

  it('scenario 4: best match keeps both devices on one record, and the other keeps its own', () => {
    const one = session(bestMatch);
    for (const words of ['identify D1', 'identify D1 x@', 'identify D2', 'identify D2 x@']) one.call(words);
    expect([one.record('A'), one.record('B')]).toEqual(['D1 D2 x@', 'D2']);
    expect(one.person('mpid', 'A')?.known).toBe(false);
  });

  it('scenario 5: an e-mail taken over: the loser is an orphan, and is named', () => {
    const one = session(conversion);
    one.call('login c1 x@');
    one.call('identify z@');
    const verdict = one.modify('A', ['email', 'x@', 'z@']);
    expect(verdict.answer?.changed).toEqual([
      { mpid: one.mpidOf('A'), kind: 'email' },
      { mpid: one.mpidOf('B'), kind: 'email' },
    ]);
    expect(verdict.notes).toContainEqual(expect.objectContaining({ code: 'taken-over', rule: 'R10' }));
    expect([one.record('A'), one.record('B')]).toEqual(['c1 z@', '']);
    expect(one.person('email', 'x@')).toBeUndefined();
    expect(one.letterOf(one.person('email', 'z@'))).toBe('A');
    expect(one.call('identify x@')).toBe('C');
    // And back: the operator's modify of the loser restores it.
    one.modify('B', ['email', null, 'z@']);
    expect([one.record('A'), one.record('B')]).toEqual(['c1', 'z@']);
  });

  it('scenario 6: two customers, one e-mail: it stays with the first', () => {
    const one = session(conversion);
    one.call('login c1 f@');
    expect(one.call('login c2 f@ D9')).toBe('B');
    expect([one.record('A'), one.record('B')]).toEqual(['c1 f@', 'D9 c2']);
    expect(one.last().notes).toContainEqual(expect.objectContaining({ effect: 'refused', rule: 'R5' }));
  });
});

describe('answers', () => {
  it('[R3] names what matched before the call, what is known now, and who was passed over', () => {
    const one = session(byDefault);
    one.call('identify D1');
    one.call('login D1 c7');
    expect(one.last().answer).toMatchObject({ known: true, loggedIn: true, how: 'found', matched: [id('D1')] });
    one.call('logout D1');
    expect(one.last().answer).toMatchObject({ known: false, loggedIn: false, how: 'made' });
    one.call('login D1 c9');
    expect(one.last().answer?.candidates).toEqual([
      {
        mpid: one.mpidOf('A'),
        verdict: 'passed',
        rule: 'R4',
        reason: 'it is known, and the request carries none of its login identifiers',
      },
      { mpid: one.mpidOf('B'), verdict: 'taken', rule: 'R3', reason: 'its record holds an identifier of the request' },
    ]);
  });

  it('[R3] D1: of profiles that were seen at one moment, the newest', () => {
    const one = session(byDefault);
    const ask = (call: 'identify' | 'logout', mint: string) =>
      one.tell({ type: 'Resolve', call, ids: ids('D1'), mint }, { time: 5_000 }).answer?.mpid;
    expect(ask('identify', '50')).toBe('50');
    expect(ask('logout', '40')).toBe('40');
    expect(ask('identify', '60')).toBe('40');
  });

  it('[R2] best match is never logged in', () => {
    const one = session(bestMatch);
    one.call('login D1 c7');
    expect(one.last().answer).toMatchObject({ known: false, loggedIn: false });
  });

  it('[R3] nothing to look up is refused', () => {
    const one = session(byDefault);
    expect(one.call('identify ')).toBe('LOOKUP_ERROR');
    expect(one.last()).toMatchObject({ status: 'rejected', reason: 'knownIdentities is empty.' });
  });

  it('[D1] a call sent again has one effect (D11)', () => {
    const one = session(byDefault);
    const logout: Command = { type: 'Resolve', call: 'logout', ids: ids('D1'), mint: '77' };
    one.tell(logout, { insertId: 'r1' });
    expect(one.tell({ ...logout, mint: '78' }, { insertId: 'r1' })).toMatchObject({ status: 'duplicate', repeats: 1 });
    expect(one.person('mpid', '78')).toBeUndefined();
  });

  it('[P2] a minted MPID that exists gives way to the next', () => {
    const one = session(byDefault);
    const make = () => one.tell({ type: 'Resolve', call: 'logout', ids: ids('D1'), mint: '77' }).answer?.mpid;
    expect([make(), make()]).toEqual(['77', '78']);
  });

  it('[G3] under a denial nothing is kept, and the client can go on', () => {
    const one = session(byDefault);
    one.tell({ type: 'Consent', ids: ids('D1'), consent: 'denied' });
    one.call('identify D1 c7');
    expect(one.last()).toMatchObject({ status: 'suppressed', answer: { known: false, loggedIn: false } });
    expect(one.person('user', 'c7')).toBeUndefined();
  });

  it('[E2] enforce: a public key that names a known customer is nobody known', () => {
    const one = session({ ...byDefault, identityMode: 'enforce' });
    one.tell({ type: 'Resolve', call: 'login', ids: ids('c7'), mint: '7' }, { trust: 2 });
    const verdict = one.tell({ type: 'Resolve', call: 'login', ids: ids('c7 D6'), mint: '8' });
    expect(verdict.answer).toMatchObject({ mpid: '8', known: false, loggedIn: false, matched: [] });
    expect(one.person('device', 'D6')?.known).toBe(false);
  });
});

describe('records', () => {
  it('[R5] devices gather, another value replaces, an immutable one stays', () => {
    const one = session(byDefault);
    one.call('login D1 c7 x@ o1');
    one.call('login D2 c7 y@ o2');
    expect(one.record('A')).toBe('D1 D2 c7 o2 y@');
  });

  it('[R5] D5: an immutable kind is kept', () => {
    const one = session(policyOf('profile_conversion', { loginIds: ['user', 'email'], immutableIds: ['email'] }));
    one.call('login c7 x@');
    one.call('login c7');
    one.tell({ type: 'Resolve', call: 'identify', ids: ids('c7'), mint: '9' });
    expect(one.modify('A', ['email', null, 'y@'])).toMatchObject({ status: 'rejected', rule: 'R10' });
    expect(one.record('A')).toBe('c7 x@');
  });

  it('[R10] all or none', () => {
    const one = session(byDefault);
    one.call('login c7 x@');
    expect(one.modify('A', ['email', null, 'y@'], ['user', null, 'c8']).status).toBe('rejected');
    expect(one.record('A')).toBe('c7 x@');
    expect(one.modify('A').notes[0]?.code).toBe('BAD_REQUEST');
    expect(one.modify('404', ['email', null, 'y@']).status).toBe('rejected');
  });

  it('[R10] a stale old value does not matter where there is one value; of several it picks one', () => {
    const one = session(byDefault);
    one.call('login c7 x@ D1');
    one.modify('A', ['email', 'stale@', 'y@'], ['device', 'D1', 'D2']);
    expect(one.record('A')).toBe('D2 c7 y@');
    one.modify('A', ['email', null, null]);
    expect(one.record('A')).toBe('D2 c7');
  });

  it('[R10] a kind that is not unique stays with both', () => {
    const one = session(byDefault);
    one.call('login c1 f@');
    one.call('login c2');
    one.modify('B', ['email', null, 'f@']);
    expect([one.record('A'), one.record('B')]).toEqual(['c1 f@', 'c2 f@']);
    expect(one.letterOf(one.person('email', 'f@'))).toBe('A');
  });

  it.each(
    [byDefault, conversion, link, isolation, bestMatch].map((policy) => [policy.directory.strategy, policy] as const),
  )('[R2] %s: an anonymous profile gets a login by modify, and keeps its MPID', (strategy, policy) => {
    const one = session(policy);
    one.call('identify D1');
    const isKnown = strategy !== 'best_match';
    expect(one.modify('A', ['user', null, 'c7']).answer).toMatchObject({
      mpid: one.mpidOf('A'),
      known: isKnown,
      loggedIn: isKnown,
    });
    expect(one.call('login c7')).toBe('A');
  });

  it('[R2] a known profile that loses its last login turns anonymous', () => {
    const one = session(conversion);
    one.call('login D1 c7');
    expect(one.person('mpid', 'A')?.known).toBe(true);
    one.modify('A', ['user', 'c7', null]);
    expect(one.person('mpid', 'A')?.known).toBe(false);
    one.modify('A', ['user', null, 'c8']);
    expect(one.person('mpid', 'A')?.known).toBe(true);
  });

  it('[R13] search looks and never makes; with immutable kinds only by one of them (D15)', () => {
    const one = session(byDefault);
    one.call('login D1 c7 x@');
    const search = (names: string, policy = byDefault) => searchProfile(one.graph(), policy, ids(names), 0)?.mpid;
    expect(search('c7')).toBe(one.mpidOf('A'));
    expect(search('x@')).toBeUndefined();
    expect(search('c8')).toBeUndefined();
    expect(search('x@ c7', link)).toBe(one.mpidOf('A'));
  });
});

describe('trust', () => {
  const say = (call: 'login' | 'identify', names: string, mint: string): Command => ({
    type: 'Resolve',
    call,
    ids: ids(names),
    mint,
  });

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

describe('preview', () => {
  it('says what would be answered and changes nothing', () => {
    const one = session(byDefault);
    one.call('identify D1');
    const graph = one.graph();
    const before = JSON.stringify([...graph.nodes.values()]);
    const login: Command = { type: 'Resolve', call: 'login', ids: ids('D1 c7'), mint: '99' };
    const verdict = preview(graph, byDefault, { project: 'p', wire: 'mparticle', trust: 0, command: login }, 5_000);
    expect(verdict.answer).toMatchObject({ mpid: one.mpidOf('A'), known: true, loggedIn: true });
    expect(JSON.stringify([...graph.nodes.values()])).toBe(before);
  });
});

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

describe('another strategy later', () => {
  it('[R14] answers that went out stand when the log is folded under new settings', () => {
    const one = session(byDefault);
    for (const words of ['identify D1', 'login D1 c7', 'logout D1']) one.call(words);
    const { verdicts } = fold(entriesOf(one.statements, byDefault), { policy: link, derive });
    expect(verdicts.map((verdict) => verdict.answer?.how)).toEqual(['made', 'found', 'made']);
    expect(fold(entriesOf(one.statements, link), { policy: link, derive }).verdicts[1]?.answer?.how).toBe('made');
  });
});

describe('aliases', () => {
  function aliased(policy: Policy) {
    const one = session(policy);
    one.call('identify D1');
    one.call('login D1 x@ c7');
    const alias = (source: string, destination: string, from: number, to: number) =>
      one.tell({
        type: 'Alias',
        source: one.mpidOf(source),
        destination: one.mpidOf(destination),
        from,
        to,
        shownFrom: 9_000,
      });
    return { one, alias };
  }

  it('[R11] the source’s events show under both, from the given moment on; nothing else does', () => {
    const { one, alias } = aliased(link);
    const source = { kind: 'mpid', value: one.mpidOf('A') };
    one.tell({ type: 'Describe', ids: [source], changes: [{ op: 'set', name: 'anon', value: 1 }] });
    expect(alias('A', 'B', 1_000, 5_000).status).toBe('applied');
    const person = one.person('mpid', 'B') as Person;
    const shown = (now: number) =>
      spansOf(eventHoldings(person, now)).filter((span) => span.node.id.value === source.value);
    expect(shown(8_999)).toEqual([]);
    expect(shown(9_000)).toMatchObject([{ to: 5_001, rule: 'R11' }]);
    expect(person.traits.size).toBe(0);
    expect(identifierHoldings(person).some((span) => span.node.id.value === source.value)).toBe(false);
    expect(person.firstSeen).toBeLessThan(2_000);
    expect(one.person('mpid', 'A')?.traits.get('anon')).toBe(1);
  });

  it('[R11] the destination is first seen when the source was, whenever the window begins', () => {
    const { one, alias } = aliased(link);
    const seen = (name: string) => (one.person('mpid', one.mpidOf(name)) as Person).firstSeen;
    const source = seen('A');
    expect(seen('B')).toBeGreaterThan(source);
    expect(alias('A', 'B', source + 500, source + 900).rule).toBeUndefined();
    expect(seen('B')).toBe(source);
  });

  it('[R11] checks: two, different, known, in order; and not under every strategy', () => {
    const { alias } = aliased(link);
    const code = (verdict: Verdict) => verdict.notes[0]?.code;
    expect(code(alias('A', 'A', 1, 2))).toBe('BAD_REQUEST');
    expect(code(alias('A', '404', 1, 2))).toBe('BAD_REQUEST');
    expect(code(alias('A', 'B', 2, 1))).toBe('BAD_REQUEST');
    expect(code(aliased(isolation).alias('A', 'B', 1, 2))).toBe('FORBIDDEN');
    expect(code(aliased(bestMatch).alias('A', 'A', 1, 2))).toBe('BAD_REQUEST');
  });

  it('[R11] overlaps and chains are dropped and recorded', () => {
    const { one, alias } = aliased(link);
    one.call('logout D1');
    alias('A', 'B', 1_000, 2_000);
    expect(alias('A', 'C', 1_500, 2_500)).toMatchObject({ status: 'applied', rule: 'R11' });
    expect(alias('A', 'C', 2_001, 2_500).rule).toBeUndefined();
    expect(alias('B', 'C', 1_000, 2_000).rule).toBe('R11');
    expect(alias('C', 'A', 1_000, 2_000).rule).toBe('R11');
  });

  it.each(['overlap', 'chain', 'other end', 'many'])(
    '[R11] [S10] no request of a page stands in a backend’s way: %s',
    (how) => {
      const { one, alias } = aliased(link);
      one.call('logout D1');
      if (how === 'overlap') alias('A', 'C', 1_000, 2_000);
      if (how === 'chain') alias('C', 'A', 1_000, 2_000);
      if (how === 'other end') alias('B', 'C', 1_000, 2_000);
      if (how === 'many')
        for (let i = 0; i < 500; i++)
          one.statements.push({
            project: 'p',
            wire: 'mparticle',
            trust: 0,
            time: 1,
            command: {
              type: 'Alias',
              source: one.mpidOf('C'),
              destination: one.mpidOf('B'),
              from: 3 * i,
              to: 3 * i + 1,
              shownFrom: 0,
            },
          });
      const ends = { source: one.mpidOf('A'), destination: one.mpidOf('B') };
      const told = one.tell({ type: 'Alias', ...ends, from: 1_000, to: 2_000, shownFrom: 9_000 }, { trust: 2 });
      expect(told.rule).toBeUndefined();
    },
  );
});

describe('one person’s no in the directory', () => {
  const denied = (policy = byDefault) => {
    const one = session(policy);
    one.call('identify D1');
    one.call('login D1 c1');
    one.tell({ type: 'Consent', ids: ids('c1'), consent: 'denied' }, { trust: 2 });
    return one;
  };

  it('[G3] the next customer of the device logs in, and is known; a logout is taken', () => {
    const one = denied();
    expect(one.call('logout D1')).not.toBe('A');
    expect(one.last().status).toBe('applied');
    one.call('login D1 c2');
    expect(one.last()).toMatchObject({ status: 'applied', answer: { loggedIn: true, known: true } });
    expect(one.person('user', 'c1')?.consent).toBe('denied');
  });

  it('[G3] … without a logout too', () => {
    const one = denied();
    one.call('login D1 c2');
    expect(one.last()).toMatchObject({ status: 'applied', answer: { loggedIn: true } });
  });

  it('[G3] who said no is answered and not kept', () => {
    const one = denied();
    one.call('login D2 c1');
    expect(one.last()).toMatchObject({ status: 'suppressed', answer: { loggedIn: false, known: false } });
    expect(one.graph().node(keyOf({ kind: 'device', value: 'D2' }))).toBeUndefined();
  });

  it('[G3] a modify and an alias ask too, and change nothing', () => {
    const one = denied();
    one.call('identify D2');
    const before = one.graph();
    expect(one.modify('A', ['email', null, 'x@'])).toMatchObject({ status: 'suppressed', answer: { changed: [] } });
    const [source, destination] = [one.mpidOf('B'), one.mpidOf('A')];
    one.tell({ type: 'Alias', source, destination, from: 0, to: 9000, shownFrom: 0 });
    expect(one.last().status).toBe('suppressed');
    one.tell({ type: 'Consent', ids: ids('x@'), consent: 'denied' }, { trust: 2 });
    expect(one.modify('B', ['email', null, 'x@']).status).toBe('suppressed');
    for (const node of before.nodes.values()) expect(one.graph().node(node.key)).toEqual(node);
  });

  it.each(['suppressed', 'rejected'])('[G7] a %s call writes nothing', (status) => {
    const one = session({ ...(status === 'suppressed' ? byDefault : isolation), identityMode: 'enforce' });
    one.tell({ type: 'Identify', ids: ids('c9') }, { trust: 2 });
    one.call('identify D1');
    if (status === 'suppressed') one.tell({ type: 'Consent', ids: ids('D1'), consent: 'denied' });
    const before = one.graph();
    one.call('login D1 c9');
    expect(one.last().status).toBe(status);
    for (const node of one.graph().nodes.values()) expect(node).toEqual(before.node(node.key));
  });
});
