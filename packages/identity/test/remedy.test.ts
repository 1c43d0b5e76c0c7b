import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain, fold, identifierOf, type Policy, presets, type RefusalReason, type Statement } from '../src/index.ts';
import { derive, entriesOf, history } from './history.ts';

fc.configureGlobal({ seed: Number(process.env['SELFSAME_SEED']) });

const selfsame = presets['selfsame'] as Policy;
const policies: readonly Policy[] = [
  selfsame,
  { ...selfsame, identityMode: 'enforce' },
  { ...selfsame, caps: { ...selfsame.caps, perPerson: 3, perKind: { ...selfsame.caps.perKind, anonymous: 1 } } },
  { ...selfsame, breaker: { perDay: { login: 1, contact: 1, anonymous: 1 }, trusted: [] } },
  presets['by-interval'] as Policy,
  { ...(presets['by-interval'] as Policy), caps: { ...selfsame.caps, peoplePerIdentifier: 1 } },
  presets['mixpanel-simplified'] as Policy,
  presets['xo'] as Policy,
];

const foldOf = (policy: Policy, statements: readonly Statement[]) =>
  fold(entriesOf(statements, policy), { policy, derive }).graph;

/** A history with what a refusal says would change it; undefined where nothing can be tried. */
function changedBy({ would, time }: RefusalReason, policy: Policy, statements: readonly Statement[]): Told | undefined {
  if (would.how === 'tell') return undefined;
  if (would.how === 'policy') return { policy: { ...policy, ...would.policy }, statements };
  const [one, other] = [identifierOf(would.one), identifierOf(would.other)];
  const more: Statement = {
    project: 'p',
    wire: 'native',
    trust: would.trust,
    command: would.how === 'merge' ? { type: 'Merge', one, other } : { type: 'Identify', ids: [one, other] },
    ...(would.how === 'trust' && time !== undefined ? { time } : {}),
  };
  return { policy, statements: [...statements, more] };
}

interface Told {
  readonly policy: Policy;
  readonly statements: readonly Statement[];
}

/** More obstacles than this in a row are none: it goes round in circles. */
const STEPS = 5;

describe('[X2] what would change it', () => {
  it('an identifier that nobody named: which one, and never two different people', () => {
    const graph = foldOf(selfsame, []);
    const found = explain(graph, selfsame, 'user:a' as never, 'user:b' as never);
    expect(found).toMatchObject({
      same: false,
      refusal: { unseen: ['a', 'b'], would: { how: 'tell', says: expect.stringMatching(/^items that name them/) } },
    });
    const ids = [{ kind: 'user', value: 'a' }];
    const seen = foldOf(selfsame, [
      { project: 'p', wire: 'native', trust: 0, command: { type: 'Track', ids, name: 'Seen', properties: {} } },
    ]);
    expect(explain(seen, selfsame, 'user:a' as never, 'user:b' as never)).toMatchObject({
      refusal: { unseen: ['b'], would: { says: expect.stringMatching(/^an item that names it/) } },
    });
  });

  it.each(policies.map((policy, i) => [`${policy.preset} ${i}`, policy] as const))(
    '%s: of two customers, whoever does what it says, obstacle after obstacle, makes them one person',
    (_name, policy) => {
      fc.assert(
        fc.property(history({ minLength: 1, maxLength: 12 }), (statements) => {
          // A device that several use is no one's for good: what joins it with one of them holds for a stretch.
          const keys = [...foldOf(policy, statements).nodes.keys()].filter((key) => key.startsWith('user:'));
          for (const [i, a] of keys.entries())
            for (const b of keys.slice(i + 1)) {
              let told: Told = { policy, statements };
              const refused: string[] = [];
              for (;;) {
                const found = explain(foldOf(told.policy, told.statements), told.policy, a, b);
                if (found.same) break;
                refused.push(JSON.stringify(found.refusal));
                const next = changedBy(found.refusal, told.policy, told.statements);
                if (next === undefined || refused.length > STEPS) throw new Error(`${a} ${b}: ${refused.join('\n')}`);
                told = next;
              }
            }
        }),
        { numRuns: 500 },
      );
    },
  );
});
