import type { Identifier, Statement } from '@selfsame/identity';

type Said = Pick<Statement, 'command'> & Partial<Statement>;

const idsOf = (keys: readonly string[]): readonly Identifier[] =>
  keys.map((key) => ({ kind: key.slice(0, key.indexOf(':')), value: key.slice(key.indexOf(':') + 1) }));

/** `track('Seen', 'user:1', 'device:a')` */
export const track = (name: string, ...ids: readonly string[]): Said => ({
  command: { type: 'Track', ids: idsOf(ids), name, properties: { n: 1 } },
});

export const login = (...ids: readonly string[]): Said => ({ command: { type: 'Identify', ids: idsOf(ids) } });
export const logout = (...ids: readonly string[]): Said => ({ command: { type: 'Logout', ids: idsOf(ids) } });

export function merge(one: string, other: string): Said {
  const [a, b] = idsOf([one, other]);
  return { command: { type: 'Merge', one: a!, other: b! } };
}

export const trait = (id: string, name: string, value: string | number): Said => ({
  command: { type: 'Describe', ids: idsOf([id]), changes: [{ op: 'set', name, value }] },
});

/** Puts somebody in a segment or takes them out. */
export const segment = (id: string, name: string, op: 'union' | 'remove' = 'union'): Said => ({
  command: {
    type: 'Describe',
    ids: idsOf([id]),
    changes: [{ op, name: 'segments', value: op === 'union' ? [name] : name, on: 'segments' }],
  },
});

/** Takes entries of the log back, or puts them back. */
export const undo = (type: 'Retract' | 'Restore', ...entries: readonly number[]): Said => ({
  trust: 3,
  command: { type, told: entries.map((entry) => ({ entry })), reason: 'a test', by: 'tester' },
});
