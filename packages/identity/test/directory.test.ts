import { describe, expect, it } from 'vitest';
import { type Command, fold, type Policy, preview, searchProfile } from '../src/index.ts';
import { derive, entriesOf } from './history.ts';
import { bestMatch, byDefault, conversion, id, ids, isolation, link, policyOf, session } from './session.ts';

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

describe('another strategy later', () => {
  it('[R14] answers that went out stand when the log is folded under new settings', () => {
    const one = session(byDefault);
    for (const words of ['identify D1', 'login D1 c7', 'logout D1']) one.call(words);
    const { verdicts } = fold(entriesOf(one.statements, byDefault), { policy: link, derive });
    expect(verdicts.map((verdict) => verdict.answer?.how)).toEqual(['made', 'found', 'made']);
    expect(fold(entriesOf(one.statements, link), { policy: link, derive }).verdicts[1]?.answer?.how).toBe('made');
  });
});
