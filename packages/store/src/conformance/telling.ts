import {
  type Entry,
  namedBy,
  type Position,
  type ProjectId,
  type Statement,
  step,
  type Told,
  type Undo,
  type Verdict,
} from '@selfsame/identity';
import { createIngest, type Ingest } from '../ingest.ts';
import { repeatKey } from '../repeat-key.ts';
import type { Change, Decided, Loaded, Store } from '../store.ts';
import { whole } from '../whole.ts';
import { dice, itemOf, testRules } from './traffic.ts';

// What laws say to a store: statements, and changes made of them by hand or by the ingest loop.

export const user = (value: string) => ({ kind: 'user', value });

export const device = (value: string) => ({ kind: 'device', value });

export const view = (at: number, ...ids: readonly { kind: string; value: string }[]): Statement => ({
  project: 'p',
  wire: 'native',
  trust: 0,
  time: at,
  command: { type: 'Track', ids, name: 'View', properties: { at } },
});

/** The same statement with an insert id; `keyNamed` is the repeat key that it then has. */
export const named = (insertId: string, statement: Statement): Statement => ({ ...statement, insertId });

export const keyNamed = (insertId: string) => `p\nnative\np\n${insertId}`;

/** Names a place among those of all projects. */
export const placeName = ({ project, position }: { readonly project: ProjectId; readonly position: Position }) =>
  `${position} ${project}`;

export const nothing = { repeats: [] };

/** Changes made by hand on one load. */
export interface Made {
  readonly loaded: Loaded;
  readonly changes: readonly Change[];
}

/** One made from one statement, through the rules, on what a store has now. */
export const change = (store: Store, statement: Statement, repeats: readonly string[] = []): Promise<Made> =>
  changesOf(store, [statement], repeats);

/** One for each statement, which are of a project each. */
export const changesOf = async (
  store: Store,
  statements: readonly Statement[],
  repeats: readonly string[] = [],
): Promise<Made> =>
  whole(await store.load({ repeats }), async (loaded) => ({
    loaded,
    changes: statements.map((one, i) => changeOf(loaded, one, loaded.next(one.project, i))),
  }));

export function changeOf(loaded: Loaded, statement: Statement, position: Position): Change {
  const key = repeatKey(statement);
  const entry: Entry = { ...statement, position, at: 1e6 + position, time: statement.time ?? 1e6 };
  const verdict: Verdict = step(loaded.draft(entry.project), loaded.rules(entry.project), entry);
  const counts = { applied: 1, duplicate: 0, rejected: 0, quarantined: 0, suppressed: 0 };
  return {
    project: entry.project,
    first: position,
    decided: [{ entry, verdict }],
    repeats: new Map(key === undefined ? [] : [[key, position]]),
    counts: [{ project: entry.project, wire: entry.wire, ...counts }],
  };
}

/** Has changes kept; answers the place of each, or that it is stale. */
export const keep = async (store: Store, { loaded, changes }: Made) =>
  (await Promise.all(store.commit(loaded, changes))).map((kept) => (kept === 'stale' ? kept : kept.first));

export const keepOne = async (store: Store, made: Made) => (await keep(store, made))[0];

export const add = async (store: Store, statement: Statement) => keepOne(store, await change(store, statement));

export function ingestInto(store: Store): Ingest {
  let now = 1e6;
  return createIngest({ store, rules: testRules, clock: () => ++now });
}

/** Tells statements in groups of random size, each group one request. */
export async function tell(store: Store, statements: readonly Statement[], seed: number): Promise<void> {
  const roll = dice(seed);
  const ingest = ingestInto(store);
  for (let from = 0; from < statements.length; ) {
    const size = 1 + Math.floor(roll() * 12);
    await ingest.submit('native', statements.slice(from, from + size).map(itemOf));
    from += size;
  }
  await ingest.stop();
}

/** Three entries of a log, or single identifiers of them. */
export function someOf(log: readonly Decided[], roll: () => number): Told[] {
  const mine = log.filter(({ entry }) => entry.project === 'p' && !('told' in entry.command));
  return Array.from({ length: 3 }, (): Told => {
    const said = mine[Math.floor(roll() * mine.length)] as Decided;
    const names = namedBy(testRules('p').policy, said);
    const id = names[Math.floor(roll() * names.length)];
    return { entry: said.entry.position, ...(roll() < 0.3 && id !== undefined ? { ids: [id] } : {}) };
  });
}

/** Takes something back. */
export const retract = (store: Store, told: readonly Told[]): Promise<void> => takeUndo(store, 'Retract', told);

/** Takes something back, or puts it back. */
export async function takeUndo(store: Store, type: Undo['type'], told: readonly Told[]): Promise<void> {
  const ingest = ingestInto(store);
  const command = { type, told, reason: 'a law', by: 'the suite' } as const;
  await ingest.submit('native', [itemOf({ project: 'p', wire: 'native', trust: 3, command })]);
  await ingest.stop();
}
