import { type Identifier, type Policy, presets, type Statement, type Trust } from '@selfsame/identity';

/** Numbers in 0…1. */
export type Roll = () => number;
/** One of several. */
export const of = <T>(roll: Roll, from: readonly T[]): T => from[Math.floor(roll() * from.length)] as T;
const id = (kind: string, value: string): Identifier => ({ kind, value });

/** A policy by time, its reach short enough that a short history has silences; now and then with limits that it reaches. */
export function policyOf(roll: Roll): Policy {
  const names = ['selfsame', 'selfsame', 'selfsame', 'by-interval', 'xo', 'spid', 'segment', 'mixpanel-simplified'];
  const policy = presets[of(roll, [...names, 'mixpanel-original', 'mparticle-default'])] as Policy;
  const ms = 1 + Math.floor(roll() * 9_000);
  const reach = { ...policy.reach, ms, crowdedMs: 1 + Math.floor(roll() * ms), leftMs: Math.floor(roll() * 900) };
  const caps =
    roll() < 0.2
      ? { ...policy.caps, perPerson: 5, perKind: { ...policy.caps.perKind, contact: 1, anonymous: 2 } }
      : policy.caps;
  const identityMode = of(roll, ['open', 'open', 'open', 'report', 'enforce'] as const);
  return { ...policy, reach, caps, identityMode };
}

/** People who are seen again and again by what they have, now and then by what others have too; late and in order. */
export function historyOf(roll: Roll, length: number): readonly Statement[] {
  const trusts = of<readonly Trust[]>(roll, [[0], [0, 0, 2], [0, 1, 2, 3]]);
  const inOrder = roll() < 0.5;
  const strays = of(roll, [0, 0.02, 0.1]);
  const people = ['ann', 'bob'].map((name) => ({
    user: id('user', name),
    email: id('email', `${name}@example.com`),
    devices: [id('device', `${name}-1`), id('device', `${name}-2`), id('session', `${name}-s`)],
  }));
  return Array.from({ length }, (_, i): Statement => {
    const [mine, other] = roll() < 0.6 ? [people[0], people[1]] : [people[1], people[0]];
    const { user, email, devices } = mine as (typeof people)[number];
    const device = roll() < strays ? of(roll, (other as (typeof people)[number]).devices) : of(roll, devices);
    const ids = of(roll, [
      [device],
      [device],
      [user, device],
      [user, device],
      [user, device],
      [user],
      [user, email, device],
    ]);
    const what = roll();
    const command: Statement['command'] =
      what < 0.8
        ? { type: 'Track', ids, name: 'View', properties: {} }
        : what < 0.88
          ? { type: 'Identify', ids }
          : what < 0.94
            ? { type: 'Describe', ids, changes: [{ op: 'set', name: 't', value: i }] }
            : what < 0.94 + strays
              ? { type: 'Logout', ids: [device] }
              : roll() < strays
                ? { type: 'Merge', one: user, other: (other as (typeof people)[number]).user }
                : roll() < strays
                  ? {
                      type: 'Consent',
                      ids: [user, device],
                      consent: of(roll, ['granted', 'granted', 'denied'] as const),
                    }
                  : { type: 'Track', ids: [device], name: 'View', properties: {} };
    const time = 1_000 * (inOrder ? i + 1 : 1 + Math.floor(roll() * of(roll, [5, 300])));
    const insert = roll() < 0.6 ? { insertId: `i${Math.floor(roll() * 9)}-${i}` } : {};
    return { project: 'p', wire: of(roll, ['native', 'segment']), trust: of(roll, trusts), time, command, ...insert };
  });
}
