import { describe, expect, it } from 'vitest';
import { type Command, explain, fold, type Identifier, keyOf, type Policy, presets, whysIn } from '../src/index.ts';
import { derive, entriesOf } from './history.ts';

const selfsame = presets['selfsame'] as Policy;
const d1: Identifier = { kind: 'device', value: 'd1' };
const user = (value: string): Identifier => ({ kind: 'user', value });
const MINUTE = 60_000;

type Step = readonly [minutes: number, command: Command];
const seen = (at: number): Step => [at, { type: 'Track', ids: [d1], name: 'View', properties: {} }];
const login = (at: number, who: string): Step => [at, { type: 'Identify', ids: [d1, user(who)] }];
const logout = (at: number): Step => [at, { type: 'Logout', ids: [d1] }];

function graphOf(steps: readonly Step[], policy: Policy) {
  const statements = steps.map(([at, command], i) => ({
    project: 'p' as never,
    wire: 'native',
    trust: 0 as const,
    command,
    time: at * MINUTE,
    insertId: `i${i}`,
  }));
  return fold(entriesOf(statements as never, policy), { policy, derive }).graph;
}

const crowd = Array.from({ length: 9 }, (_, i) => login(1_000 + i * 100, `u${i}`));

/** Whose the device was so many minutes in, in words. */
const rows: readonly { rule: string; when: readonly Step[]; at: number; says: string; policy?: Policy }[] = [
  {
    rule: '[L7a] [X1] a login a little later',
    when: [seen(96), login(100, 'ann'), login(900, 'bob')],
    at: 96,
    says: 'theirs, because they logged in four minutes later',
  },
  {
    rule: '[L7a] [X1] a login before, the nearest of several',
    when: [login(100, 'ann'), login(110, 'ann'), login(900, 'bob')],
    at: 120,
    says: 'theirs, because they logged in ten minutes before',
  },
  {
    rule: '[L7a] [X1] the login itself',
    when: [login(100, 'ann'), login(900, 'bob')],
    at: 100,
    says: 'theirs, because they logged in at that moment',
  },
  {
    rule: '[L7a] [X1] just after a logout',
    when: [login(100, 'ann'), logout(102), login(900, 'bob')],
    at: 103,
    says: 'theirs, because they had logged out a minute before',
  },
  {
    rule: '[L7a] [X1] before a logout, long after the login',
    when: [login(100, 'ann'), logout(200), login(900, 'bob')],
    at: 190,
    says: 'theirs, because they logged out ten minutes later',
  },
  {
    rule: '[L7a] [X1] after a login, though somebody else logged out soon after',
    when: [login(100, 'ann'), login(125, 'bob'), logout(130), login(900, 'ann')],
    at: 120,
    says: 'theirs, because they logged in 20 minutes before',
  },
  {
    rule: '[L7b] [X1] what its only person left behind',
    when: [seen(1), login(400, 'ann'), logout(401)],
    at: 1,
    says: 'theirs, because only they ever logged in on this device, seven hours later',
  },
  {
    rule: '[L7c] [X1] beyond the reach',
    when: [login(100, 'ann'), seen(500), login(900, 'bob')],
    at: 500,
    says: 'nobody’s: more than half an hour from any login',
  },
  {
    rule: '[L7c] [X1] within the reach of a login, after the logout that ended it',
    when: [login(100, 'ann'), logout(105), seen(115), login(900, 'bob')],
    at: 115,
    says: 'nobody’s: whoever was logged in had logged out ten minutes before',
  },
  {
    rule: '[L7c] [X1] after a logout, and beyond the reach of the login it ended',
    when: [login(100, 'ann'), logout(105), seen(135), login(900, 'bob')],
    at: 135,
    says: 'nobody’s: more than half an hour from any login',
  },
  {
    rule: '[L7c] [K3] [X1] beyond the shorter reach of a crowd',
    when: [...crowd, seen(1_050)],
    at: 1_050,
    says: 'nobody’s: more than five minutes from any login',
  },
  {
    rule: '[L6] [X1] a device of one person',
    when: [seen(1), login(9_000, 'ann')],
    at: 1,
    says: 'theirs, because nobody else was ever said to use this device',
  },
  {
    rule: '[L6a] [X1] the login that encloses a moment',
    when: [login(100, 'ann'), login(900, 'bob')],
    at: 400,
    says: 'theirs, because they logged in five hours before, and nobody else in between',
    policy: presets['by-interval'] as Policy,
  },
  {
    rule: '[L6b] [X1] before the first login',
    when: [seen(1), login(100, 'ann'), login(900, 'bob')],
    at: 1,
    says: 'theirs, because theirs was the first login on this device, two hours later',
    policy: presets['by-interval'] as Policy,
  },
  {
    rule: '[L6c] [X1] after a logout',
    when: [login(100, 'ann'), logout(101), login(900, 'bob')],
    at: 400,
    says: 'nobody’s: whoever was logged in had logged out',
    policy: presets['by-interval'] as Policy,
  },
];

describe('whose a moment is, in words of time', () => {
  it.each(rows)('$rule', ({ when, at, says, policy = selfsame }) => {
    const whys = whysIn(graphOf(when, policy), policy);
    const why = whys(keyOf(d1), at * MINUTE);
    expect(why?.says).toBe(says);
    expect(why?.claim === null).toBe(says.startsWith('nobody'));
  });

  it('[X1] an identifier that names its person needs no word, one that nobody named has none', () => {
    const whys = whysIn(graphOf([login(100, 'ann')], selfsame), selfsame);
    expect(whys(keyOf(user('ann')), 0)?.says).toBe('theirs, because it names them');
    expect(whys(keyOf(user('cyd')), 0)).toBeUndefined();
    const alone = whysIn(graphOf([seen(1)], selfsame), selfsame);
    expect(alone(keyOf(d1), 0)?.says).toBe('theirs, because nothing links it to anybody else');
  });

  it('[X1] a shared device is one person with each of its users, asked for a moment of each', () => {
    const graph = graphOf([seen(96), login(100, 'ann'), seen(890), login(900, 'bob')], selfsame);
    const at = (who: string, minutes: number) =>
      explain(graph, selfsame, keyOf(d1), keyOf(user(who)), minutes * MINUTE);
    expect(at('ann', 96)).toMatchObject({
      same: true,
      chain: [{ rule: 'L7a', because: 'theirs, because they logged in four minutes later' }],
    });
    expect(at('bob', 890)).toMatchObject({ same: true, chain: [{ rule: 'L7a' }] });
    expect(at('bob', 96)).toMatchObject({ same: false });
    expect(at('ann', 500)).toMatchObject({
      same: false,
      refusal: { rule: 'L7c', reason: 'at that moment the device was nobody’s: more than half an hour from any login' },
    });
    expect(at('ann', 890)).toMatchObject({
      refusal: {
        rule: 'L7a',
        reason: 'at that moment the device was somebody else’s, because they logged in ten minutes later',
      },
    });
  });

  it('[X1] [L7c] a session was whose its device was at that moment', () => {
    const session: Identifier = { kind: 'session', value: 's1' };
    const visit: Step = [500, { type: 'Track', ids: [d1, session], name: 'View', properties: {} }];
    const graph = graphOf([login(100, 'ann'), visit, login(900, 'bob')], selfsame);
    const whys = whysIn(graph, selfsame);
    expect(whys(keyOf(session), 500 * MINUTE)?.says).toBe('nobody’s: more than half an hour from any login');
    expect(whys(keyOf(session), 890 * MINUTE)?.says).toBe('theirs, because they logged in ten minutes later');
    expect(explain(graph, selfsame, keyOf(session), keyOf(user('ann')), 500 * MINUTE)).toMatchObject({
      same: false,
      refusal: { rule: 'L7c', reason: 'at that moment the device was nobody’s: more than half an hour from any login' },
    });
  });
});
