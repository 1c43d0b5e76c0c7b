import { expect, it } from 'vitest';
import {
  type Command,
  explain,
  fold,
  type Identifier,
  type IdentifierKey,
  identifiersOf,
  isVisit,
  keyOf,
  ownerAt,
  type Policy,
  peopleIn,
  personOf,
  presets,
  type Statement,
  type Trust,
} from '../src/index.ts';
import { derive, entriesOf } from './history.ts';

/** `ann` is a user, `d1` a device, `s1` a session, `a@b` an e-mail; `dx:…` a handle. */
export function id(name: string): Identifier {
  if (name.startsWith('id:')) return { kind: 'distinct_id', value: name.slice(3) };
  if (name.includes('@')) return { kind: 'email', value: name };
  return {
    kind: /^d\d+$/.test(name) ? 'device' : /^s\d+$/.test(name) ? 'session' : /^crm/.test(name) ? 'crmid' : 'user',
    value: name,
  };
}
export const ids = (names: string) => names.split(' ').filter(Boolean).map(id);

export type Step = Command & {
  readonly trust?: Trust;
  readonly at?: number;
  readonly wire?: string;
  /** It comes under the insert id of the first step, by a wire that keeps the first copy or the latest. */
  readonly again?: 'first' | 'latest';
  /** What a backend signed beside it. */
  readonly vouched?: readonly IdentifierKey[];
};
export const track = (names: string): Step => ({ type: 'Track', ids: ids(names), name: 'View', properties: {} });
export const identify = (names: string): Step => ({ type: 'Identify', ids: ids(names) });
export const logout = (names: string): Step => ({ type: 'Logout', ids: ids(names) });
export const merge = (one: string, other: string): Step => ({ type: 'Merge', one: id(one), other: id(other) });
export const join = (how: 'identify' | 'alias' | 'merge', one: string, other: string): Step => ({
  type: 'Join',
  how,
  one: id(one),
  other: id(other),
});
export const say = (names: string, ...changes: Extract<Command, { type: 'Describe' }>['changes']): Step => ({
  type: 'Describe',
  ids: ids(names),
  changes,
});
export const set = (name: string, value: string | number) => ({ op: 'set', name, value }) as const;
export const consent = (names: string, word: 'granted' | 'denied'): Step => ({
  type: 'Consent',
  ids: ids(names),
  consent: word,
});
export const signed = (name: string, step: Step): Step => ({ ...step, vouched: [keyOf(id(name))] });
export const T = (trust: Trust, step: Step): Step => ({ ...step, trust });
/** At this second instead of the next. */
export const at = (second: number, step: Step): Step => ({ ...step, at: second });

export const preset = (name: string, change: Partial<Policy> = {}): Policy => ({
  ...(presets[name] as Policy),
  ...change,
});
export const selfsame = preset('selfsame');
export const byInterval = preset('by-interval');
export const simplified = preset('mixpanel-simplified');
export const original = preset('mixpanel-original');

export function run(steps: readonly Step[], policy: Policy) {
  const statements = steps.map(
    ({ trust = 0, at: second, wire = 'native', again, vouched, ...command }, i): Statement => ({
      project: 'p',
      wire,
      trust,
      time: (second ?? i + 1) * 1000,
      insertId: again === undefined ? `i${i}` : 'i0',
      ...(vouched === undefined ? {} : { vouched }),
      ...(again === 'latest' ? { repeat: { key: 'i0', keep: 'latest' } } : {}),
      command: command as Command,
    }),
  );
  const entries = entriesOf(statements);
  const { graph, verdicts } = fold(entries, { policy, derive });
  const owner = (i: number) => {
    const anchor = verdicts[i]?.anchor;
    const who = anchor && ownerAt(graph, policy, keyOf(anchor), (entries[i] as { time: number }).time);
    if (who === undefined) return '-';
    // A visit is shown with the second it began at.
    const { from } = isVisit(who) ? who.visit : { from: undefined };
    return from === undefined ? who.id.value : `${who.id.value}~${Number.isFinite(from) ? from / 1000 : ''}`;
  };
  return {
    graph,
    verdicts,
    /** Who owns each item now, by the founder's value. */
    owners: steps.map((_, i) => owner(i)).join(' '),
    people: [...peopleIn(graph, policy, graph.nodes.values())]
      .map((person) =>
        identifiersOf(person)
          .map(({ id }) => id.value)
          .sort()
          .join(' '),
      )
      .sort(),
    person: (name: string) =>
      personOf(graph, policy, ownerAt(graph, policy, keyOf(id(name)), Number.POSITIVE_INFINITY) as never),
    explain: (a: string, b: string) => explain(graph, policy, keyOf(id(a)), keyOf(id(b))),
  };
}

export interface Row {
  readonly rule: string;
  readonly policy?: Policy;
  readonly when: readonly Step[];
  /** Owner of each item, after the last. */
  readonly owners?: string;
  readonly people?: readonly string[];
  /** Status of the last item. */
  readonly last?: string;
  readonly lastRule?: string;
  /** What people read of consent, by one identifier of each: `ann granted, bob denied`. */
  readonly consent?: string;
}

export const G1 = 'id:$device:11111111-1111-4111-8111-111111111111';
export const G2 = 'id:22222222-2222-4222-8222-222222222222';
export const G4 = 'id:44444444-4444-4444-8444-444444444444';
export const g4 = G4.slice(3);
export const g1 = G1.slice(3);
export const g2 = G2.slice(3);

export const numbered = (count: number) => Array.from({ length: count }, (_, i) => i);

export const twentyADay = preset('selfsame', { breaker: { perDay: { login: 20, contact: 20 }, trusted: [] } });

/** Tries what rows say of the rules, each by itself. */
export const tryRows = (rows: readonly Row[]): void =>
  it.each(rows.map((row) => [row.rule, row] as const))('%s', (_rule, row) => {
    const result = run(row.when, row.policy ?? selfsame);
    if (row.owners !== undefined) expect(result.owners).toBe(row.owners);
    if (row.people !== undefined) expect(result.people).toEqual(row.people);
    if (row.last !== undefined) expect(result.verdicts.at(-1)?.status).toBe(row.last);
    if (row.lastRule !== undefined) expect(result.verdicts.at(-1)?.rule).toBe(row.lastRule);
    for (const said of row.consent?.split(', ') ?? []) {
      const [name, state] = said.split(' ') as [string, string];
      expect(result.person(name).consent, name).toBe(state);
    }
  });
