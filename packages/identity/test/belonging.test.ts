import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChainStep, explainOne, fold, isVisit, type Policy, personAt, presets } from '../src/index.ts';
import { derive, directoryHistory, entriesOf, history } from './history.ts';

fc.configureGlobal({ seed: Number(process.env['SELFSAME_SEED']) });

const selfsame = presets['selfsame'] as Policy;
const policies = ['selfsame', 'by-interval', 'mixpanel-simplified', 'mixpanel-original', 'xo', 'mparticle-default'].map(
  (name) => presets[name] as Policy,
);

/** Where the steps lead from here; each may be read either way. */
function endOf(start: string, chain: readonly ChainStep[]): string | undefined {
  let here: string | undefined = start;
  for (const { from, to } of chain) here = here === from ? to : here === to ? from : undefined;
  return here;
}

describe('[X1] one identifier alone', () => {
  it('nobody named it: not seen, and what would change that', () => {
    const { graph } = fold(entriesOf([]), { policy: selfsame, derive });
    expect(explainOne(graph, selfsame, 'user:a' as never)).toMatchObject({
      same: false,
      refusal: { rule: 'P1', unseen: ['a'], would: { how: 'tell' } },
    });
  });

  it('[M6] merged with a device that went to another, it is of the same person, by way of the merge', () => {
    const [d1, d3] = ['d1', 'd3'].map((value) => ({ kind: 'device', value }));
    const s1 = { kind: 'session', value: 's1' };
    const commands = [
      { type: 'Track', ids: [d3, d1], name: 'View', properties: {} },
      { type: 'Merge', one: d3, other: s1 },
    ];
    const statements = commands.map((command, i) => ({
      ...{ project: 'p', wire: 'native', trust: 0, time: 1_000, insertId: `i${i}`, command },
    }));
    const { graph } = fold(entriesOf(statements as never), { policy: selfsame, derive });
    expect(explainOne(graph, selfsame, 'session:s1' as never)).toMatchObject({
      same: true,
      chain: [
        { from: 'session:s1', to: 'device:d3', rule: 'M1' },
        { from: 'device:d3', to: 'device:d1', rule: 'L6' },
      ],
      would: { how: 'tell', says: 'taking back what joined it, or a pin by an operator' },
    });
  });

  it.each([
    ['device', undefined],
    ['device', 110],
    ['session', undefined],
    ['session', 110],
  ])('[L7c] [L7d] the %s of a visit after a logout is nobody’s, because of the logout (at %s)', (kind, at) => {
    const [ann, d1, s1] = ['user:ann', 'device:d1', 'session:s1'].map((key) => {
      const [kind, value] = key.split(':') as [string, string];
      return { kind, value };
    });
    const said = [
      [100, { type: 'Identify', ids: [ann, d1] }],
      [105, { type: 'Logout', ids: [d1] }],
      [110, { type: 'Track', ids: [d1, s1], name: 'View', properties: {} }],
    ] as const;
    const statements = said.map(([minutes, command], i) => ({
      ...{ project: 'p', wire: 'native', trust: 0, time: minutes * 60_000, insertId: `i${i}`, command },
    }));
    const { graph } = fold(entriesOf(statements as never, selfsame), { policy: selfsame, derive });
    const key = kind === 'device' ? 'device:d1' : 'session:s1';
    expect(explainOne(graph, selfsame, key as never, at === undefined ? at : at * 60_000)).toMatchObject({
      refusal: { rule: 'L7c', reason: 'nobody’s: whoever was logged in had logged out five minutes before' },
    });
  });

  it.each(policies.map((policy) => [policy.preset, policy] as const))(
    '%s: the person it is said to be of is the one who has it, and the chain leads there',
    (_name, policy) => {
      fc.assert(
        fc.property(
          policy.preset.startsWith('mparticle') ? directoryHistory(12) : history({ minLength: 1, maxLength: 12 }),
          fc.option(fc.integer({ min: 0, max: 41_000 }), { nil: undefined }),
          (statements, at) => {
            const { graph } = fold(entriesOf(statements, policy), { policy, derive });
            for (const { key } of graph.nodes.values()) {
              const person = personAt(graph, policy, key, at ?? Number.POSITIVE_INFINITY);
              const found = explainOne(graph, policy, key, at);
              expect([key, found.same]).toEqual([key, person !== undefined && !isVisit(person.founder)]);
              if (!found.same) continue;
              expect([key, found.person.id]).toEqual([key, person?.id]);
              expect([key, endOf(key, found.chain)]).toEqual([key, person?.founder.key]);
            }
          },
        ),
        { numRuns: 50 },
      );
    },
  );
});
