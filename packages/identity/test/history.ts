import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  type Command,
  type DerivePersonId,
  digestText,
  type Entry,
  entryOf,
  fold,
  type Identifier,
  type IdentifierKey,
  keyOf,
  type PersonId,
  type Policy,
  presets,
  type Statement,
  type Trust,
} from '../src/index.ts';

/** Person ids that are stable and easy to read in a failing test. */
export const derive: DerivePersonId = (_project, founder, attempt) =>
  `p-${founder.kind}-${founder.value}${attempt > 0 ? `-${attempt}` : ''}` as PersonId;

export const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The server's clock in these tests: long after everything that happens in them. */
const ARRIVAL = 1_000_000_000;

/** Statements as the log would hold them, in this order of arrival. */
export function entriesOf(
  statements: readonly Statement[],
  policy: Policy = presets['selfsame'] as Policy,
): readonly Entry[] {
  const first = new Map<string, number>();
  return statements.map((statement, i): Entry => {
    const position = i + 1;
    const repeats = statement.insertId === undefined ? undefined : first.get(statement.insertId);
    if (statement.insertId !== undefined && repeats === undefined) first.set(statement.insertId, position);
    return entryOf(statement, policy, { position, at: ARRIVAL + position, repeats });
  });
}

export function digestOf(statements: readonly Statement[], policy: Policy = presets['selfsame'] as Policy): string {
  const { graph } = fold(entriesOf(statements, policy), { policy, derive });
  return digestText(graph, policy, graph.nodes.values());
}

const id = (kind: string, ...values: string[]) =>
  fc.constantFrom(...values.map((value): Identifier => ({ kind, value })));
const user = id('user', 'ann', 'bob', 'cyd');
const contact = fc.oneof(id('email', 'x@example.com', 'y@example.com'), id('phone', '1'));
const device = fc.oneof(id('device', 'd1', 'd2', 'd3'), id('session', 's1', 's2'));

/** Whom and what a history speaks of. */
interface Cast {
  readonly user: fc.Arbitrary<Identifier>;
  readonly contact: fc.Arbitrary<Identifier>;
  readonly device: fc.Arbitrary<Identifier>;
}
const few: Cast = { user, contact, device };
/** So many that small limits are met. */
const crowd: Cast = {
  user: id('user', 'ann', 'bob', 'cyd', 'dan', 'eve', 'fay', 'gus'),
  contact: fc.oneof(id('email', 'v@example.com', 'w@example.com', 'x@example.com'), id('phone', '1', '2')),
  device: fc.oneof(id('device', 'd1', 'd2', 'd3', 'd4'), id('session', 's1', 's2')),
};

const idsOf = ({ user, contact, device }: Cast) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.tuple(device).map((one) => [...one]) },
    { weight: 4, arbitrary: fc.tuple(user, device).map((one) => [...one]) },
    { weight: 1, arbitrary: fc.tuple(user).map((one) => [...one]) },
    { weight: 1, arbitrary: fc.tuple(user, contact).map((one) => [...one]) },
    { weight: 1, arbitrary: fc.tuple(contact, device).map((one) => [...one]) },
    { weight: 1, arbitrary: fc.tuple(device, device).map((one) => [...one]) },
    { weight: 1, arbitrary: fc.tuple(user, contact, device).map((one) => [...one]) },
    { weight: 1, arbitrary: fc.tuple(user, user, device).map((one) => [...one]) },
  );
const ids = idsOf(few);

const value = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('a', 'b'));
const change = fc.oneof(
  fc.record({
    op: fc.constantFrom('set', 'set-once', 'append', 'union', 'remove'),
    name: fc.constantFrom('t', 'u'),
    value,
  }),
  fc.record({ op: fc.constant('add'), name: fc.constantFrom('t', 'u'), value: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ op: fc.constant('unset'), name: fc.constantFrom('t', 'u') }),
  fc.constant({ op: 'clear' }),
  fc.constant({ op: 'set', name: 'segments', value: ['vip'], on: 'segments' }),
) as fc.Arbitrary<Extract<Command, { type: 'Describe' }>['changes'][number]>;

function commandOf(cast: Cast): fc.Arbitrary<Command> {
  const ids = idsOf(cast);
  const any = fc.oneof(cast.user, cast.contact, cast.device);
  return fc.oneof(
    { weight: 6, arbitrary: ids.map((list): Command => ({ type: 'Track', ids: list, name: 'View', properties: {} })) },
    { weight: 2, arbitrary: ids.map((list): Command => ({ type: 'Identify', ids: list })) },
    { weight: 1, arbitrary: cast.device.map((one): Command => ({ type: 'Logout', ids: [one] })) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(ids, fc.array(change, { minLength: 1, maxLength: 3 }))
        .map(([list, changes]): Command => ({ type: 'Describe', ids: list, changes })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(any, any).map(([one, other]): Command => ({ type: 'Merge', one, other })),
    },
  );
}
export const command = commandOf(few);
const crowdCommand = commandOf(crowd);

/** Histories whose items may be told in any order: every item has its own time or its own insert id. */
export const history = (size: Size, trusts: readonly Trust[] = [0, 0, 0, 1, 2]) => historyOf(command, size, trusts);

/** The same of so many people, contacts and devices that small limits are met. */
export const crowdHistory = (size: Size, trusts: readonly Trust[]) => historyOf(crowdCommand, size, trusts);

interface Size {
  readonly minLength: number;
  readonly maxLength: number;
}

const historyOf = (
  command: fc.Arbitrary<Command>,
  size: Size,
  trusts: readonly Trust[],
): fc.Arbitrary<readonly Statement[]> =>
  fc
    .array(fc.tuple(command, fc.constantFrom(...trusts), fc.integer({ min: 1, max: 40 }), fc.nat({ max: 3 })), size)
    .map((items) =>
      items.map(
        ([one, trust, time, sign], i): Statement => ({
          project: 'p',
          command: one,
          wire: 'native',
          trust,
          time: time * 1_000,
          insertId: `i${i}`,
          ...(trust === 0 && sign === 0 ? { vouched: namesOf(one) } : {}),
        }),
      ),
    );

/** What a backend may sign beside an item of a page: the names in it. */
const namesOf = (one: Command): readonly IdentifierKey[] =>
  ('ids' in one ? one.ids : []).filter(({ kind }) => kind !== 'device' && kind !== 'session').map(keyOf);

const email = id('email', 'x@example.com', 'y@example.com');
const mpid = fc.constantFrom('100', '101', '102', '103', '104');
const resolve = fc
  .tuple(
    fc.constantFrom('identify', 'login', 'logout'),
    ids,
    fc.option(mpid, { nil: undefined }),
    fc.integer({ min: 100, max: 120 }),
  )
  .map(
    ([call, list, previous, mint]): Command => ({
      type: 'Resolve',
      call: call as 'identify',
      ids: list,
      mint: String(mint),
      ...(previous === undefined ? {} : { previous }),
    }),
  );
const recordChange = fc
  .tuple(fc.oneof(user, email, id('device', 'd1', 'd2')), fc.boolean(), fc.boolean())
  .map(([one, removes, names]) => ({
    kind: one.kind,
    before: names ? one.value : null,
    now: removes ? null : one.value,
  }));

/** What the directory is asked and told, between items of other wires. It follows the log, so its order matters. */
export const directoryCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: resolve },
  {
    weight: 2,
    arbitrary: fc
      .tuple(mpid, fc.array(recordChange, { minLength: 1, maxLength: 2 }))
      .map(([profile, changes]): Command => ({ type: 'Modify', profile, changes })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(mpid, mpid).map(
      ([source, destination]): Command => ({
        type: 'Alias',
        source,
        destination,
        from: 1_000,
        to: 30_000,
        shownFrom: 0,
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(ids, fc.integer({ min: 100, max: 120 })).map(
      ([list, mint]): Command => ({
        type: 'Track',
        ids: list,
        name: 'View',
        properties: {},
        resolve: { mint: String(mint) },
      }),
    ),
  },
  { weight: 4, arbitrary: command },
);

/** A history with directory calls in it. */
export const directoryHistory = (
  maxLength: number,
  trusts: readonly Trust[] = [0, 0, 1, 2],
): fc.Arbitrary<readonly Statement[]> =>
  fc
    .array(
      fc.tuple(directoryCommand, fc.constantFrom(...trusts), fc.integer({ min: 1, max: 40 }), fc.nat({ max: 3 })),
      { minLength: 2, maxLength },
    )
    .map((items) =>
      items.map(
        ([one, trust, time, sign], i): Statement => ({
          project: 'p',
          command: one,
          wire: 'mparticle',
          trust,
          time: time * 1_000,
          insertId: `i${i}`,
          ...(trust === 0 && sign === 0 ? { vouched: namesOf(one) } : {}),
        }),
      ),
    );
