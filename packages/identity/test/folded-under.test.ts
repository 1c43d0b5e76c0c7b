import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DirectoryPolicy,
  digestText,
  directoryOf,
  fold,
  foldedUnder,
  type Identifier,
  type MemoryGraph,
  type Policy,
  presets,
} from '../src/index.ts';
import { derive, directoryHistory, entriesOf, history } from './history.ts';

const seed = Number(process.env['SELFSAME_SEED']);
console.log(`folded-under: SELFSAME_SEED=${seed}`);

const { session: _unlisted, ...listed } = (presets['selfsame'] as Policy).roles;
/** The default policy, where the session is a kind without a role of its own. */
const selfsame: Policy = { ...(presets['selfsame'] as Policy), roles: listed };

/** Another value of every field: a new field of a policy does not compile until it stands here. */
const others: { readonly [K in Exclude<keyof Policy, 'directory'>]: Policy[K] } = {
  preset: 'another',
  identityMode: 'enforce',
  order: 'arrival',
  sharedDevice: 'last-login',
  afterLogout: 'last-login',
  anonymousTraits: 'move',
  mergedTraits: 'survivor',
  mixpanel: 'original',
  rank: ['session', 'device'],
  roles: { ...selfsame.roles, email: 'login' },
  unlistedRole: 'login',
  placeholders: ['bob'],
  blocklist: [{ kind: 'user', pattern: '^b.b$' }],
  breaker: { perDay: { anonymous: 1, login: 1 }, trusted: [] },
  protectedTraits: ['t'],
  undoTrust: 3,
  mergeTrust: 2,
  caps: { ...selfsame.caps, perPerson: 3 },
  reach: { ...selfsame.reach, leftMs: 500 },
  contactTraits: { t: 'email' },
};
const otherDirectory: DirectoryPolicy = {
  strategy: 'profile_link',
  priority: ['email', 'user'],
  loginIds: ['email', 'session'],
  uniqueIds: ['email', 'phone'],
  immutableIds: ['user', 'email'],
  deviceIds: ['device', 'phone', 'email'],
  reuseAnonymousAtLogout: true,
};

const oneField: readonly (readonly [string, Policy])[] = [
  ...Object.entries(others).map(([name, value]) => [name, { ...selfsame, [name]: value }] as const),
  ...Object.entries(otherDirectory).map(
    ([name, value]) =>
      [`directory.${name}`, { ...selfsame, directory: { ...selfsame.directory, [name]: value } }] as const,
  ),
];

const some = <T extends object>(fields: T): fc.Arbitrary<Partial<T>> =>
  fc.subarray(Object.keys(fields)).map((names) => pick(fields, names));
const pick = <T extends object>(fields: T, names: readonly string[]): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name))) as Partial<T>;

const policy = fc
  .tuple(fc.constantFrom(...Object.values(presets)), some(others), some(otherDirectory))
  .map(([base, fields, directory]): Policy => ({ ...base, ...fields, directory: { ...base.directory, ...directory } }));

type History = Parameters<typeof entriesOf>[0];

/** All that a log, told under one policy, makes of the graph under another: the nodes, and the evidence beside them. */
function graphOf(items: History, told: Policy, under: Policy): MemoryGraph {
  return fold(entriesOf(items, told), { policy: under, derive }).graph;
}
const kept = (graph: MemoryGraph): string =>
  JSON.stringify([...graph.nodes.values()].map((node) => [node, graph.evidence(node.key, first, last)]));
const first = { time: Number.NEGATIVE_INFINITY, tie: '', position: 0, trust: 0 } as const;
const last = { ...first, time: Number.POSITIVE_INFINITY };
const people = (graph: MemoryGraph, policy: Policy): string => digestText(graph, policy, graph.nodes.values());

describe('[R14] what of a policy the graph depends on', () => {
  it('two policies with one text fold every log to one graph', () => {
    fc.assert(
      fc.property(directoryHistory(40), policy, policy, (items, one, changed) => {
        const { preset, mixpanel, directory } = changed;
        const { deviceIds } = one.directory;
        const loginIds = one.identityMode === 'enforce' ? one.directory.loginIds : directory.loginIds;
        const other = { ...one, preset, mixpanel, directory: { ...directory, deviceIds, loginIds } };
        expect(foldedUnder(other)).toBe(foldedUnder(one));
        const [a, b] = [graphOf(items, one, one), graphOf(items, one, other)];
        expect(kept(b)).toBe(kept(a));
        expect(people(b, one)).toBe(people(a, one));
      }),
      { seed, numRuns: 1_000 },
    );
  });

  it.each(oneField)('%s is in the text just where it matters', (name, other) => {
    const free = ['preset', 'mixpanel', 'undoTrust', ...Object.keys(otherDirectory).map((one) => `directory.${one}`)];
    const isFree = free.includes(name) && name !== 'directory.deviceIds';
    expect(foldedUnder(other) === foldedUnder(selfsame)).toBe(isFree);
    const differs = histories.some((items) => {
      const [a, b] = [graphOf(items, selfsame, selfsame), graphOf(items, selfsame, other)];
      return kept(a) !== kept(b) || people(a, isFree ? other : selfsame) !== people(b, other);
    });
    expect(differs).toBe(!isFree);
  });

  it('[E2] under enforce the login identifiers matter', () => {
    const enforce = (loginIds: readonly string[]): Policy => ({
      ...selfsame,
      identityMode: 'enforce',
      directory: { ...directoryOf('profile_conversion'), loginIds },
    });
    const [one, other] = [enforce(['user']), enforce(['user', 'session'])];
    expect(foldedUnder(one)).not.toBe(foldedUnder(other));
    expect(histories.some((items) => kept(graphOf(items, one, one)) !== kept(graphOf(items, one, other)))).toBe(true);
  });

  it('does not go by the order in which fields stand', () => {
    const turned = Object.fromEntries(
      Object.entries({ ...selfsame, roles: Object.fromEntries(Object.entries(selfsame.roles).reverse()) }).reverse(),
    ) as unknown as Policy;
    expect(foldedUnder(turned)).toBe(foldedUnder(selfsame));
  });
});

/** The same at every run: whether a field matters must not depend on luck. */
/** A trait that one of the policies takes for a contact. */
const described: History = [
  { ids: [{ kind: 'user', value: 'ann' }], changes: [{ op: 'set', name: 't', value: 'x@example.com' } as const] },
].map((said) => ({ project: 'p', wire: 'native', trust: 0, time: 1, command: { type: 'Describe', ...said } }));

/** Two people who were described, by somebody who may, before they were merged. */
const [ann, bob] = ['ann', 'bob'].map((value) => ({ kind: 'user', value })) as [Identifier, Identifier];
const merged: History = [
  { type: 'Describe', ids: [ann], changes: [{ op: 'set', name: 't', value: 1 }] } as const,
  { type: 'Describe', ids: [bob], changes: [{ op: 'set', name: 'u', value: 1 }] } as const,
  { type: 'Merge', one: ann, other: bob } as const,
].map((command, i) => ({ project: 'p', wire: 'native', trust: 2, time: 1 + i, command }));

const histories = [
  described,
  merged,
  ...fc.sample(fc.oneof(directoryHistory(40), history({ minLength: 30, maxLength: 40 })), { seed: 1, numRuns: 400 }),
];
