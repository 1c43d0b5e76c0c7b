import {
  foldWithout,
  type Graph,
  type Identifier,
  keyOf,
  namedBy,
  ownershipOf,
  type Rules,
  type Statement,
  type Told,
  unkept,
} from '@selfsame/identity';
import { createIngest, createMemoryStore } from '@selfsame/store';
import { historyOf, of, policyOf } from '@selfsame/store/sightings';
import { dice, itemOf, logOf, testRules } from '@selfsame/store/traffic';
import { expect, it } from 'vitest';
import { iso } from '../src/routes/iso.ts';
import { dryRun } from '../src/undo/dry-run.ts';

const seed = Number(process.env['SELFSAME_SEED']);
const histories = process.env['SELFSAME_LONG'] === '1' ? 5_000 : 24;
console.log(`dry runs: SELFSAME_SEED=${seed}`);

it('[U3] a dry run counts the events that the whole log, folded with and without it, gives to others', async () => {
  let moved = 0;
  for (let i = 0; i < histories; i++) {
    const roll = dice(seed + i);
    const rules: Rules = { ...testRules('p'), policy: policyOf(roll) };
    const { policy } = rules;
    const store = createMemoryStore(() => rules);
    let now = 1e9;
    const ingest = createIngest({ store, rules: () => rules, clock: () => ++now });
    const history = i % 2 === 0 ? visitsOf(roll, 100) : historyOf(roll, 100);
    await ingest.submit('native', history.map(itemOf));
    for (let turn = 0; turn < 3; turn++) {
      const log = await logOf(store);
      const said = log.filter(
        ({ entry: { command } }) => !('told' in command) && (i % 2 > 0 || command.type === 'Identify'),
      );
      const told = Array.from({ length: 1 + Math.floor(roll() * 3) }, (): Told => {
        const one = of(roll, said);
        const names = namedBy(policy, one);
        return { entry: one.entry.position, ...(roll() < 0.4 && names.length > 0 ? { ids: [of(roll, names)] } : {}) };
      });
      const undo = { type: of(roll, ['Retract', 'Retract', 'Restore'] as const), told };
      const undone = await store.undone('p');
      const then = undone.copy();
      then.take(unkept(undo));
      const graphs = [undone, then].map((reading) => foldWithout(rules, log, reading));
      const times: number[] = [];
      const counts = { moved: 0, gone: 0, back: 0 };
      for (const { entry, verdict } of log) {
        if (entry.command.type !== 'Track' || entry.command.hidden === true || verdict.anchor === undefined) continue;
        const { anchor } = verdict;
        const [was, is] = [undone, then].map((reading) => reading.covers(entry.position));
        const [mine, theirs] = graphs.map((graph) => ownerAt(graph, rules, anchor, entry.time));
        if (was !== is) counts[is === true ? 'gone' : 'back'] += 1;
        else if (was === true || mine === theirs) continue;
        else counts.moved += 1;
        times.push(entry.time);
      }
      const ends = times.length === 0 ? [] : [Math.min(...times), Math.max(...times)];
      const [first = null, last = null] = ends.map(iso);
      const { events } = await dryRun(store, 'p', rules, undo);
      expect(events, `SELFSAME_SEED=${seed + i}`).toEqual({ ...counts, first, last });
      moved += counts.moved;
      const command = { ...undo, reason: 'a law', by: 'it' };
      await ingest.submit('native', [itemOf({ project: 'p', wire: 'native', trust: 3, command })]);
    }
  }
  expect(moved).toBeGreaterThan(histories);
});

/** Devices that are seen again and again, now and then with a login: what hangs on a login that is taken back. */
function visitsOf(roll: () => number, length: number): readonly Statement[] {
  const inOrder = roll() < 0.5;
  const logins = of(roll, [0.03, 0.1]);
  const moments = of(roll, [20, length]);
  return Array.from({ length }, (_, i): Statement => {
    const device = { kind: 'device', value: of(roll, ['a', 'b', 'c']) };
    const user = { kind: 'user', value: roll() < 0.8 ? `of-${device.value}` : 'ann' };
    const command: Statement['command'] =
      roll() < logins || i === 50
        ? { type: 'Identify', ids: [user, device] }
        : { type: 'Track', ids: [device], name: 'View', properties: {} };
    const time = 1_000 * (inOrder ? Math.floor((i * moments) / length) : Math.floor(roll() * moments));
    return { project: 'p', wire: 'native', trust: of(roll, [0, 0, 2] as const), time, command };
  });
}

/** Whose an identifier was, looked up among all its stretches. */
function ownerAt(graph: Graph, { policy }: Rules, id: Identifier, time: number): string | undefined {
  const node = graph.node(keyOf(id));
  const stretches = node === undefined ? [] : ownershipOf(graph, policy, node);
  return (stretches.find((one) => time < one.to) ?? stretches.at(-1))?.person.person;
}
