import {
  dawn,
  digestText,
  dusk,
  type Entry,
  foldWithout,
  type Graph,
  type IdentifierKey,
  keyOf,
  namedBy,
  type Rules,
  type Told,
  type Undo,
} from '@selfsame/identity';
import { expect, it } from 'vitest';
import { historyOf, of, policyOf } from '../src/conformance/sightings.ts';
import { dice, itemOf, logOf, testRules } from '../src/conformance/traffic.ts';
import { createIngest, createMemoryStore, type Decided, graphAround, graphAsOf, touchedBy } from '../src/index.ts';

const long = process.env['SELFSAME_LONG'] === '1';
const seed = Number(process.env['SELFSAME_SEED']);
/**
 * Tried each time: what had been set aside under a limit that then refused it was still believed; and what had been set
 * aside while somebody's no was retracted was still there when it was put back.
 */
const found = [6_498_551, 163_712_800];
console.log(`undo of many sightings: SELFSAME_SEED=${seed}`);

it(
  '[U3] [H1] what is folded without most of its sightings is what all of them give, now and as of then',
  async () => {
    let [spared, thinned, all] = [0, 0, 0];
    const seeds = Array.from({ length: long ? 20_000 : 40 }, (_, i) => seed + i);
    for (const own of [...found, ...seeds]) {
      const roll = dice(own);
      const below = (limit: number) => Math.floor(roll() * limit);
      const rules: Rules = { ...testRules('p'), policy: policyOf(roll) };
      const { policy } = rules;
      const store = createMemoryStore(() => rules);
      let now = 1e9;
      const ingest = createIngest({ store, rules: () => rules, clock: () => ++now });
      const statements = historyOf(roll, 120);
      const say = `SELFSAME_SEED=${own}`;
      const check = async (when: string) => {
        const log = await logOf(store);
        const whole = foldWithout(rules, log, await store.undone('p'));
        const living = [...whole.nodes.keys()].flatMap((key) => store.graph('p').node(key) ?? []);
        expect(digestText(store.graph('p'), policy, living), `${when}, ${say}`).toBe(
          digestText(whole, policy, whole.nodes.values()),
        );
        if (policy.identityMode === 'enforce' || policy.caps.perPerson === 5) return;
        // What a late claim for somebody else reads again is all there.
        const undos = (await store.undos('p')).flatMap(({ entry }) => (entry.command as Undo).told);
        const momentOf = ({ time, insertId = '' }: Entry) => `${time} ${insertId}`;
        const changed = new Set(undos.map(({ entry }) => momentOf((log[entry - 1] as Decided).entry)));
        const claimsOf = (graph: Graph, key: IdentifierKey) => {
          const claims = [...(graph.node(key)?.claims ?? []), ...graph.evidence(key, dawn, dusk)];
          const words = claims.flatMap(({ time, tie, trust, owner }) =>
            changed.has(`${time} ${tie}`) ? [] : `${time} ${tie} ${trust} ${owner}`,
          );
          return [...new Set(words)].sort();
        };
        for (const key of whole.nodes.keys())
          expect(claimsOf(store.graph('p'), key), `${key} ${when}, ${say}`).toEqual(claimsOf(whole, key));
      };
      const undone: (readonly Told[])[] = [];
      for (let from = 0; from < statements.length; from += 30) {
        await ingest.submit('native', statements.slice(from, from + 30).map(itemOf));
        const log = await logOf(store);
        const said = log.filter(({ entry }) => !('told' in entry.command));
        const one = (): Told => {
          const { entry, verdict } = of(roll, said);
          const names = namedBy(policy, { entry, verdict });
          return { entry: entry.position, ...(roll() < 0.4 && names.length > 0 ? { ids: [of(roll, names)] } : {}) };
        };
        const back = roll() < 0.4 ? undone.pop() : undefined;
        const told = back ?? Array.from({ length: 1 + below(3) }, one);
        if (back === undefined) undone.push(told);
        const undo = { type: back === undefined ? 'Retract' : 'Restore', told, reason: 'a law', by: 'it' } as const;
        const touched = await touchedBy({ store, project: 'p', rules }, undo);
        all += 1;
        if (touched.spared.length > 0) thinned += 1;
        spared += touched.spared.reduce((sum, one) => sum + one.spared.count, 0);
        // Half of them while somebody is seen again, so that what was looked for before must be brought up to date.
        const taking = ingest.submit('native', [itemOf({ project: 'p', wire: 'native', trust: 3, command: undo })]);
        const meanwhile = roll() < 0.5 ? of(roll, statements) : undefined;
        const told2 =
          meanwhile === undefined ? undefined : { ...meanwhile, insertId: `again-${from}`, time: 1_000 * below(500) };
        if (told2 !== undefined) await ingest.submit('native', [itemOf(told2)]);
        await taking;
        await check(`after undo at ${from}`);
      }
      await ingest.submit(
        'native',
        historyOf(roll, 40).map((one, j) => itemOf({ ...one, insertId: `late-${j}` })),
      );
      await check('after what came late');
      const log = await logOf(store);
      const keys = [...new Set(log.flatMap((one) => namedBy(policy, one)))];
      const position = 1 + below(log.length);
      const whole = await graphAsOf(store, 'p', position, rules);
      for (const key of [of(roll, keys), keyOf({ kind: 'user', value: 'ann' })]) {
        const part = await graphAround(store, 'p', [key], position, rules);
        const [mine, theirs] = [part, whole].map((graph) => {
          const node = graph.node(key);
          return node === undefined ? 'nobody' : digestText(graph, policy, [node]);
        });
        expect(mine, `${key} as of ${position}, ${say}`).toBe(theirs);
      }
    }
    console.log(`${spared} sightings spared in ${thinned} of ${all} undos`);
    expect(thinned).toBeGreaterThan(all / 10);
  },
  long ? 3_600_000 : 600_000,
);
