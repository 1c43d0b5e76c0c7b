import { describe, expect, it } from 'vitest';
import {
  type Command,
  Component,
  digestText,
  type Entry,
  foldWithout,
  type IdentifierKey,
  MemoryGraph,
  namedBy,
  type PlacedUndo,
  type Policy,
  type Position,
  presets,
  putFolded,
  type Rules,
  type Said,
  type Statement,
  step,
  type Told,
  type Undo,
  Undone,
  undoIn,
} from '../src/index.ts';
import { derive, entriesOf } from './history.ts';
import { Dice, randomHistory, randomPolicy } from './random-history.ts';

const long = process.env['SELFSAME_LONG'] === '1';
const seed = Number(process.env['SELFSAME_SEED']);
console.log(`undo laws: SELFSAME_SEED=${seed}`);

/** A graph that takes entries one after another, and folds again what an undo touches, as a store does. */
class Living {
  readonly graph = new MemoryGraph();
  readonly log: Said[] = [];
  readonly #rules: Rules;

  constructor(policy: Policy) {
    this.#rules = { policy, derive };
  }

  tell(entry: Entry): void {
    const verdict = step(this.graph, this.#rules, entry);
    this.log.push({ entry, verdict });
    const undo = undoIn({ entry, verdict });
    if (undo !== undefined) this.#undo(undo);
  }

  #undo(undo: PlacedUndo): void {
    const { graph, log } = this;
    const { policy } = this.#rules;
    graph.undone.take(undo);
    const start = undo.told.flatMap(({ entry }) => namedBy(policy, log[entry - 1] as Said));
    const component = new Component(graph, policy, start);
    let told: Said[];
    let grew: boolean;
    do {
      grew = false;
      told = log.filter((said) => {
        const held = component.holds(said);
        grew ||= held.grew;
        return held.is;
      });
    } while (grew);
    putFolded(graph, policy, component.keys, foldWithout(this.#rules, told, graph.undone));
  }
}

const digest = (graph: MemoryGraph, policy: Policy): string => digestText(graph, policy, graph.nodes.values());

const undo = (type: Undo['type'], told: readonly Told[], of?: Position): Statement => ({
  project: 'p',
  wire: 'native',
  trust: 3,
  command: { type, told, reason: 'a test', by: 'tester', ...(of === undefined ? {} : { of }) },
});

/** Puts back what an undo took back: it alone, or whoever else took it back too. */
const backOf = (dice: Dice, { told, position }: PlacedUndo): Statement =>
  undo('Restore', told, dice.oneIn(3) ? undefined : position);

/** Some of what was told: whole entries, and single identifiers of them. */
function some(dice: Dice, log: readonly Said[], policy: Policy): readonly Told[] {
  const one = (): Told => {
    const said = dice.of(log);
    const entry = said.entry.position;
    const ids = namedBy(policy, said);
    return dice.oneIn(3) && ids.length > 1 ? { entry, ids: [dice.of(ids)] } : { entry };
  };
  return Array.from({ length: 1 + dice.below(3) }, one);
}

/** Tells a history, and retracts and restores in between. */
function withUndos(dice: Dice, items: readonly Statement[], policy: Policy, often: number): Living {
  const living = new Living(policy);
  const undos: PlacedUndo[] = [];
  // Positions shift as undos come in between.
  for (const entry of entriesOf(items, policy)) {
    living.tell(at(entry, living.log.length + 1));
    if (!dice.oneIn(often)) continue;
    const isBack = undos.length > 0 && dice.oneIn(2);
    // Now and then what another undo holds already.
    const told = [...some(dice, living.log, policy), ...(undos.length > 0 && dice.oneIn(2) ? dice.of(undos).told : [])];
    const statement = isBack ? backOf(dice, dice.of(undos)) : undo('Retract', told);
    const position = living.log.length + 1;
    if (!isBack) undos.push({ ...(statement.command as Undo), position });
    living.tell(at(entriesOf([statement], policy)[0] as Entry, position));
  }
  return living;
}

const at = (entry: Entry, position: number): Entry => ({ ...entry, position });

describe('[U2] [U3] undo', () => {
  it(
    'the living graph is the fold of the log without what is retracted, whatever came when',
    () => {
      for (let i = 0; i < (long ? 30_000 : 3_000); i++) {
        const dice = new Dice(seed + i);
        const policy = randomPolicy(dice);
        // Many undos, or few and then much that comes late.
        const [length, often] = i % 3 === 0 ? [90, 30] : [30, 6];
        const living = withUndos(dice, randomHistory(dice, length), policy, often);
        const rules = { policy, derive };
        const whole = foldWithout(rules, living.log, living.graph.undone);
        expect(digest(living.graph, policy), `SELFSAME_SEED=${seed + i}`).toBe(digest(whole, policy));
      }
    },
    long ? 3_600_000 : 600_000,
  );

  it('[M2] retract after claim is never claimed, and restore after retract is as before (G9)', () => {
    let undone = 0;
    let mergesUndone = 0;
    for (let i = 0; i < (long ? 30_000 : 3_000); i++) {
      const dice = new Dice(seed + i);
      const policy = dice.of(
        ['selfsame', 'by-interval', 'xo', 'spid', 'segment', 'mixpanel-simplified'].map(
          (name) => presets[name] as Policy,
        ),
      );
      const isDirectory = ({ command }: Statement) =>
        ['Resolve', 'Modify', 'Alias'].includes(command.type) || 'resolve' in command;
      const items = randomHistory(dice, 25).filter((one) => !isDirectory(one));
      if (items.length < 3) continue;
      const entries = entriesOf(items, policy);
      const cut = 1 + dice.below(items.length - 1);
      const living = new Living(policy);
      for (const entry of entries.slice(0, cut)) living.tell(entry);
      const out = dice.below(cut) + 1;
      // What a limit, a denial or an insert id refused because of it stays as it was answered.
      const told = [{ entry: out }];
      living.tell(at(entriesOf([undo('Retract', told)], policy)[0] as Entry, 1_000_000));
      for (const entry of entries.slice(cut)) living.tell(entry);
      const never = new MemoryGraph();
      for (const entry of entries) if (entry.position !== out) step(never, { policy, derive }, entry);
      expect(digest(living.graph, policy), `SELFSAME_SEED=${seed + i}`).toBe(digest(never, policy));
      living.tell(at(entriesOf([undo('Restore', told)], policy)[0] as Entry, 1_000_001));
      const before = new MemoryGraph();
      for (const entry of entries) step(before, { policy, derive }, entry);
      expect(digest(living.graph, policy), `SELFSAME_SEED=${seed + i}`).toBe(digest(before, policy));
      undone += 1;
      if (entries[out - 1]?.command.type === 'Merge') mergesUndone += 1;
    }
    expect(mergesUndone).toBeGreaterThan(0);
    console.log(`G9: ${undone} items taken back and put back, ${mergesUndone} of them merges, 0 differences`);
  });

  it('an undo that was put back is as if it had never been, whatever else was taken back before and since', () => {
    let [overlapping, held] = [0, 0];
    for (let i = 0; i < (long ? 30_000 : 300); i++) {
      const dice = new Dice(seed + i);
      const policy = randomPolicy(dice);
      const rules = { policy, derive };
      const living = withUndos(dice, randomHistory(dice, 25), policy, 6);
      const { log, graph } = living;
      const tell = (statement: Statement) =>
        living.tell(at(entriesOf([statement], policy)[0] as Entry, log.length + 1));
      // Of a project in which nothing was ever taken back the directory's answers are not asked about ([U4]).
      tell(undo('Retract', [{ entry: 1 }]));
      const undos = () => log.flatMap((said) => undoIn(said) ?? []);
      const before = digest(graph, policy);
      const earlier = dice.of(undos());
      tell(undo('Retract', dice.oneIn(2) ? [...earlier.told, ...some(dice, log, policy)] : some(dice, log, policy)));
      const mine = undos().at(-1) as PlacedUndo;
      if (dice.oneIn(2)) {
        tell(undo('Restore', graph.undone.heldBy(mine), mine.position));
        expect(digest(graph, policy), `SELFSAME_SEED=${seed + i}`).toBe(before);
        continue;
      }
      for (let more = dice.below(4); more > 0; more--)
        tell(
          dice.oneIn(3)
            ? backOf(dice, dice.of(undos().filter((one) => one.type === 'Retract' && one !== mine)))
            : undo('Retract', dice.oneIn(2) ? mine.told : some(dice, log, policy)),
        );
      if (graph.undone.heldBy(mine).length === 0) continue;
      overlapping += 1;
      tell(undo('Restore', graph.undone.heldBy(mine), mine.position));
      if (mine.told.some((one) => graph.undone.coversAll(one))) held += 1;
      expect(graph.undone.heldBy(mine)).toEqual([]);
      const others = undos().filter((one) => one.position !== mine.position && one.of !== mine.position);
      expect(digest(graph, policy), `SELFSAME_SEED=${seed + i}`).toBe(
        digest(foldWithout(rules, log, new Undone(others)), policy),
      );
    }
    expect(Math.min(overlapping, held)).toBeGreaterThan(5);
  });

  it('of two undos of one login the second is put back: the first holds it still', () => {
    const undone = new Undone();
    const take = (position: Position, one: Pick<PlacedUndo, 'type' | 'told' | 'of'>) =>
      undone.take({ ...one, position, reason: '', by: '' });
    const phone = 'device:phone' as IdentifierKey;
    take(10, { type: 'Retract', told: [{ entry: 1, ids: [phone] }] });
    take(11, { type: 'Retract', told: [{ entry: 1, ids: [phone] }, { entry: 2 }] });
    const all: readonly Told[] = [{ entry: 1, ids: [phone] }, { entry: 2 }];
    expect(undone.heldBy({ told: all, position: 11 })).toEqual(all);
    take(12, { type: 'Restore', told: all, of: 11 });
    expect([undone.covers(1, phone), undone.covers(2)]).toEqual([true, false]);
    expect(undone.heldBy({ told: all, position: 11 })).toEqual([]);
    // The last word on what it names, whoever took it back.
    take(13, { type: 'Restore', told: [{ entry: 1, ids: [phone] }] });
    expect(undone.covers(1, phone)).toBe(false);
  });

  describe('what was set aside [L4]', () => {
    const selfsame = presets['selfsame'] as Policy;
    const policy: Policy = { ...selfsame, reach: { ...selfsame.reach, ms: 6, crowdedMs: 6, leftMs: 0 } };
    const login = (user: string, time: number): Statement => ({
      project: 'p',
      wire: 'native',
      trust: 0,
      time,
      command: {
        type: 'Identify',
        ids: [
          { kind: 'user', value: user },
          { kind: 'device', value: 'd1' },
        ],
      },
    });
    /** Tells statements in order; a number takes the entry at that place back, a negative one puts it back. */
    const run = (...told: readonly (Statement | number)[]): Living => {
      const living = new Living(policy);
      for (const one of told) {
        const statement =
          typeof one === 'number' ? undo(one > 0 ? 'Retract' : 'Restore', [{ entry: Math.abs(one) }]) : one;
        living.tell(at(entriesOf([statement], policy)[0] as Entry, living.log.length + 1));
      }
      const whole = foldWithout({ policy, derive }, living.log, living.graph.undone);
      expect(digest(living.graph, policy)).toBe(digest(whole, policy));
      return living;
    };
    const claims = ({ graph }: Living) => graph.node('device:d1' as IdentifierKey)?.claims.map((claim) => claim.time);

    it('is not read again once it is retracted', () => {
      const many = [10, 20, 30, 40, 50].map((time) => login('ann', time));
      run(...many, login('cyd', 90), 3, login('bob', 35));
    });

    it('is kept when a retraction makes a claim one that need not be listed', () => {
      run(
        login('ann', 10),
        login('bob', 15),
        login('ann', 20),
        login('ann', 25),
        login('cyd', 90),
        2,
        login('bob', 23),
      );
    });

    it('is not listed twice when it must be listed again', () => {
      const trusted = [11, 12, 13].map((time) => ({ ...login('ann', time), trust: 2 as const }));
      const living = run(login('ann', 10), ...trusted, login('ann', 14), 2, login('bob', 12.5));
      expect(claims(living)).toEqual([...new Set(claims(living))]);
    });
  });
});

describe('[U2] an identifier that was named is taken back, whatever command named it', () => {
  const person = (kind: string, value: string) => ({ kind, value });
  const [ann, bob, email] = [person('user', 'ann'), person('user', 'bob'), person('email', 'a@example.com')];
  const by = (policy: string, ...commands: readonly Command[]): Living => {
    const living = new Living(presets[policy] as Policy);
    for (const command of commands) {
      const statement: Statement = { project: 'p', wire: 'mparticle', trust: 2, command };
      const [entry] = entriesOf([statement], presets[policy]);
      living.tell(at(entry as Entry, living.log.length + 1));
    }
    return living;
  };
  const takeBack = (entry: number, id: string): Command => ({
    type: 'Retract',
    told: [{ entry, ids: [id as IdentifierKey] }],
    reason: 'a test',
    by: 'tester',
  });
  const at100 = (living: Living) =>
    living.graph.node('mpid:100' as IdentifierKey)?.record.map(({ key }) => key as string);
  const called = { type: 'Resolve', call: 'identify', ids: [person('device', 'd1')], mint: '100' } as const;
  const modified = (value: string) =>
    ({ type: 'Modify', profile: '100', changes: [{ kind: 'email', before: null, now: value }] }) as const;

  it('a merge of somebody else is a merge of nobody', () => {
    const living = by('selfsame', { type: 'Merge', one: ann, other: bob }, takeBack(1, 'user:bob'));
    expect(living.graph.node('user:ann' as IdentifierKey)?.edges ?? []).toEqual([]);
  });

  it('a modify without its new value changes nothing', () => {
    const living = by('mparticle-default', called, modified(email.value), takeBack(2, 'email:a@example.com'));
    expect(at100(living)).toEqual(['device:d1']);
  });

  it('… and keeps its other changes', () => {
    const both = {
      ...modified(email.value),
      changes: [...modified(email.value).changes, { kind: 'user', before: null, now: 'ann' }],
    };
    const living = by('mparticle-default', called, both, takeBack(2, 'email:a@example.com'));
    expect(at100(living)).toEqual(['device:d1', 'user:ann']);
  });

  it('a modify and an alias that name no profile change nothing', () => {
    const other = { ...called, ids: [person('device', 'd2')], mint: '200' } as const;
    const alias = { type: 'Alias', source: '100', destination: '200', from: 1, to: 2, shownFrom: 0 } as const;
    const living = by(
      'mparticle-default',
      called,
      other,
      modified(email.value),
      alias,
      takeBack(3, 'mpid:100'),
      takeBack(4, 'mpid:100'),
    );
    expect(at100(living)).toEqual(['device:d1']);
    expect(living.graph.node('mpid:200' as IdentifierKey)?.aliases).toEqual([]);
  });
});

describe('[U1] who may take back, and what', () => {
  const policy = presets['selfsame'] as Policy;
  const verdict = (trust: 0 | 1 | 2 | 3, told: readonly Told[]) =>
    step(
      new MemoryGraph(),
      { policy, derive },
      at(entriesOf([{ ...undo('Retract', told), trust }], policy)[0] as Entry, 10),
    );

  it.each([
    [0, [{ entry: 1 }], 'rejected'],
    [1, [{ entry: 1 }], 'rejected'],
    [2, [{ entry: 1 }], 'applied'],
    [3, [{ entry: 9 }], 'applied'],
    [3, [{ entry: 10 }], 'rejected'],
    [3, [], 'rejected'],
    [3, Array.from({ length: 10_001 }, () => ({ entry: 1 })), 'rejected'],
  ] as const)('trust %i, %j: %s', (trust, told, status) => {
    expect(verdict(trust, told).status).toBe(status);
  });
});

it('[U4] a directory’s client keeps the profile it was answered', () => {
  const policy = presets['mparticle-default'] as Policy;
  const call = (mint: string, ...ids: { kind: string; value: string }[]): Statement => ({
    project: 'p',
    wire: 'mparticle',
    trust: 0,
    command: { type: 'Resolve', call: 'identify', ids, mint },
  });
  const living = new Living(policy);
  const device = { kind: 'device', value: 'd1' };
  const tell = (statement: Statement) =>
    living.tell(at(entriesOf([statement], policy)[0] as Entry, living.log.length + 1));
  tell(call('100', device));
  tell(call('101', device));
  expect(living.log[1]?.verdict.answer?.mpid).toBe('100');
  tell(undo('Retract', [{ entry: 1 }]));
  expect(living.graph.node('mpid:100' as IdentifierKey)?.record.map(({ key }) => key)).toEqual(['device:d1']);
  expect(living.graph.node('mpid:101' as IdentifierKey)).toBeUndefined();
});
