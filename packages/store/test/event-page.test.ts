import { type Position, type Statement, type Told, type Trust, undoIn } from '@selfsame/identity';
import { expect, it } from 'vitest';
import { dice, itemOf, logOf, testRules } from '../src/conformance/traffic.ts';
import { createIngest, createMemoryStore, type Decided, type EventPage, eventPage } from '../src/index.ts';

const seed = Number(process.env['SELFSAME_SEED']);
console.log(`copies of an event: SELFSAME_SEED=${seed}`);

/** What columns hold that are fed pages one after the other: names of events by their place. */
class Fed {
  readonly events = new Map<Position, string>();

  take({ rows, gone }: EventPage): void {
    for (const position of gone) this.events.delete(position);
    for (const { position, name } of rows) this.events.set(position, name);
    for (const { replaces } of rows) if (replaces !== undefined) this.events.delete(replaces);
  }
}

/** Of each insert id the copy that counts: the latest of a backend's that stands, else the latest of a page's ([D2], [D3]). */
function counting(log: readonly Decided[], isLatest: boolean): readonly Position[] {
  const held = new Map<Position, Position[]>();
  for (const said of log) {
    const undo = undoIn(said);
    for (const { entry } of undo?.told ?? []) {
      const before = held.get(entry) ?? [];
      held.set(entry, undo?.type === 'Retract' ? [...before, said.entry.position] : []);
    }
  }
  const stands = ({ entry, verdict }: Decided) =>
    entry.command.type === 'Track' &&
    (held.get(entry.position) ?? []).length === 0 &&
    (verdict.status === 'applied' || verdict.rule === 'D3' || (isLatest && verdict.rule === 'D2'));
  const chosen = new Map<string, Decided>();
  for (const one of log.filter(stands)) {
    const { insertId = '', trust } = one.entry;
    const other = chosen.get(insertId);
    if (other === undefined || trust > 0 || other.entry.trust === 0) chosen.set(insertId, one);
  }
  return [...chosen.values()].map(({ entry }) => entry.position).sort((a, b) => a - b);
}

it.each(['first', 'latest'] as const)(
  '[D2] [D3] [U2] of copies, some taken back and put back, one counts, fed as it comes or all at once (wires that keep the %s)',
  async (keep) => {
    let undone = 0;
    for (let own = seed; own < seed + 300; own++) {
      const roll = dice(own);
      const below = (limit: number) => Math.floor(roll() * limit);
      const store = createMemoryStore(testRules);
      let now = 1e9;
      const ingest = createIngest({ store, rules: testRules, clock: () => ++now });
      const tell = async (statement: Statement) => void (await ingest.submit('native', [itemOf(statement)]));
      const [fed, whole] = [new Fed(), new Fed()];
      let through = 0;
      const feed = async () => {
        const { position } = await store.feed('p').head(through);
        fed.take(await store.feed('p').events(through, position, 1_000));
        through = position;
      };
      for (let i = 4 + below(12); i > 0; i--) {
        const log = await logOf(store);
        const events = log.filter(({ entry }) => entry.command.type === 'Track');
        if (events.length > 0 && below(3) === 0) {
          undone += 1;
          const told: readonly Told[] = [{ entry: (events[below(events.length)] as Decided).entry.position }];
          const type = below(3) === 0 ? ('Restore' as const) : ('Retract' as const);
          await tell({
            project: 'p',
            wire: 'native',
            trust: 3,
            command: { type, told, reason: 'a test', by: 'tester' },
          });
        } else {
          const insertId = `i${below(2)}`;
          await tell({
            project: 'p',
            wire: 'native',
            trust: (below(2) * 2) as Trust,
            time: 1_000,
            insertId,
            ...(keep === 'latest' ? { repeat: { key: insertId, keep } } : {}),
            command: { type: 'Track', ids: [{ kind: 'user', value: 'ann' }], name: 'View', properties: {} },
          });
        }
        if (below(2) === 0) await feed();
      }
      await feed();
      await ingest.stop();
      const log = await logOf(store);
      whole.take(await store.feed('p').events(0, log.length, 1_000));
      const say = `SELFSAME_SEED=${own}`;
      const wanted = counting(log, keep === 'latest');
      expect(
        [...whole.events.keys()].sort((a, b) => a - b),
        say,
      ).toEqual(wanted);
      expect(
        [...fed.events.keys()].sort((a, b) => a - b),
        say,
      ).toEqual(wanted);
    }
    expect(undone).toBeGreaterThan(100);
  },
);

it('[D2] [D3] what a copy costs does not grow with how many came before, also once the backend’s is taken back', async () => {
  const looks = async (copies: number, isBack: boolean): Promise<number> => {
    const store = createMemoryStore(testRules);
    const ingest = createIngest({ store, rules: testRules, clock: () => 1e9 });
    const copy = (trust: Trust): Statement => ({
      project: 'p',
      wire: 'native',
      trust,
      time: 1_000,
      insertId: 'i',
      repeat: { key: 'i', keep: 'latest' },
      command: { type: 'Track', ids: [{ kind: 'user', value: 'ann' }], name: 'View', properties: {} },
    });
    const undo = (type: 'Retract' | 'Restore', entry: Position): Statement => {
      const command = { type, told: [{ entry }], reason: 'a test', by: 'tester' } as const;
      return { project: 'p', wire: 'native', trust: 3, command };
    };
    const tell = (...all: readonly Statement[]) => ingest.submit('native', all.map(itemOf));
    await tell(...Array.from({ length: copies }, () => copy(0)), copy(2));
    await tell(undo('Retract', copies + 1));
    await tell(...Array.from({ length: copies }, () => copy(0)));
    if (isBack) await tell(undo('Restore', copies + 1));
    if (isBack) await tell(copy(0), copy(2), copy(0));
    await ingest.stop();
    const log = await logOf(store);
    const undone = await store.undone('p');
    const last = new Map<string, Position>();
    for (const { entry } of log)
      last.set(`p\nnative\n${entry.trust > 0 ? 's' : 'p'}\n${entry.insertId}`, entry.position);
    let asked = 0;
    eventPage(log, {
      policy: testRules('p').policy,
      numberOf: () => 1,
      undone,
      at: (position) => {
        asked += 1;
        return log[position - 1];
      },
      lastOf: (key) => last.get(key),
    });
    return asked;
  };
  for (const isBack of [true, false]) {
    const [few, many] = [await looks(50, isBack), await looks(400, isBack)];
    expect(many).toBeLessThan(few + 20);
  }
});
