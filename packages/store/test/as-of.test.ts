import { digestText, keyOf, type Node, namedBy, personById, type Statement } from '@selfsame/identity';
import { expect, it } from 'vitest';
import { dice, itemOf, logOf, testRules, traffic } from '../src/conformance/traffic.ts';
import { createIngest, createMemoryStore, graphAround, graphAsOf } from '../src/index.ts';

const seed = Number(process.env['SELFSAME_SEED']);
console.log(`as of: SELFSAME_SEED=${seed}`);

const rules = testRules('p');
const { policy } = rules;

it('[H1] [U2] a person as of a position is read from what hangs together with them, as from the whole log', async () => {
  for (let i = 0; i < 12; i++) {
    const roll = dice(seed + i);
    const below = (limit: number) => Math.floor(roll() * limit);
    const store = createMemoryStore(testRules);
    let now = 1e6;
    const ingest = createIngest({ store, rules: testRules, clock: () => ++now });
    // Crowds that know nothing of each other, so that a part is not the whole.
    const crowds = [0, 1, 2].map((crowd) => traffic(seed + 100 * i + crowd, 30).map((one) => ofCrowd(one, crowd)));
    const told = Array.from({ length: 90 }, (_, at) => crowds[at % 3]?.[Math.floor(at / 3)] as Statement);
    for (let from = 0; from < told.length; from += 10) {
      await ingest.submit('native', told.slice(from, from + 10).map(itemOf));
      const type = roll() < 0.3 ? 'Restore' : 'Retract';
      const back = [{ entry: 1 + below(from + 1) }];
      const command = { type, told: back, reason: 'a test', by: 'tester' } as const;
      await ingest.submit('native', [itemOf({ project: 'p', wire: 'native', trust: 3, command })]);
    }
    const log = await logOf(store);
    const keys = new Set(log.flatMap((one) => (one.entry.project === 'p' ? namedBy(policy, one) : [])));
    for (let j = 0; j < 4; j++) {
      const position = 1 + below(log.length);
      const whole = await graphAsOf(store, 'p', position, rules);
      for (const key of keys) {
        const part = await graphAround(store, 'p', [key], position, rules);
        const say = `${key} as of ${position}, SELFSAME_SEED=${seed + i}`;
        const [mine, all] = [part, whole].map((graph) => {
          const node = graph.node(key);
          return node === undefined ? 'nobody' : digestText(graph, policy, [node]);
        });
        expect(mine, say).toBe(all);
        const node = part.node(key);
        if (node === undefined) continue;
        expect(new Set([...part.nodes.values()].map(crowdOf)), say).toEqual(new Set([crowdOf(node)]));
        expect(personById(part, policy, node.person)?.id, say).toBe(personById(whole, policy, node.person)?.id);
        // Claims are named by the number of the identifier, which is the one it has now.
        const living = store.graph('p').node(key) ?? store.graph('p').ghost(key);
        expect(node.number, say).toBe(living?.number);
      }
      const nobody = keyOf({ kind: 'user', value: 'nobody' });
      expect((await graphAround(store, 'p', [nobody], position, rules)).nodes.size).toBe(0);
    }
  }
});

/** The same said by other people on other devices. */
function ofCrowd(statement: Statement, crowd: number): Statement {
  const names = /"value":"(ann|bob|cyd|dan|d\d|.@example.com)"/g;
  const { insertId: _, ...rest } = statement;
  const command = JSON.stringify(statement.command).replaceAll(names, `"value":"${crowd}$1"`);
  return { ...rest, command: JSON.parse(command) as Statement['command'] };
}

const crowdOf = ({ id }: Node): string => id.value.charAt(0);
