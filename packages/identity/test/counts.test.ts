import { describe, expect, it } from 'vitest';
import {
  type Command,
  entryOf,
  type Identifier,
  MemoryGraph,
  type Policy,
  presets,
  type Statement,
  step,
  type Trust,
  type Verdict,
} from '../src/index.ts';
import { derive } from './history.ts';
import { Dice } from './random-history.ts';
import { Watched } from './watched.ts';

const user = (value: string): Identifier => ({ kind: 'user', value });
const device = (n: number | string): Identifier => ({ kind: 'device', value: `d${n}` });
const FULL = 60;
const policy = (() => {
  const selfsame = presets['selfsame'] as Policy;
  return { ...selfsame, caps: { ...selfsame.caps, perPerson: FULL } };
})();

const seed = Number(process.env['SELFSAME_SEED']);
const HISTORIES = process.env['SELFSAME_LONG'] === '1' ? 5_000 : 150;
const policies = Object.values(presets).map((policy): Policy => {
  const perKind = { ...policy.caps.perKind, contact: 2, anonymous: 3, handle: 3 };
  return { ...policy, caps: { ...policy.caps, perPerson: 4, perKind } };
});

/** A graph of which nothing is remembered. */
class Forgetful extends MemoryGraph {
  override readonly memories = undefined as never;
}

/** Of two people, who are merged now and then, and the devices, their sessions and the addresses that they have in turn. */
function commandOf(dice: Dice): Command {
  const who = user(dice.of(['ann', 'ann', 'bob']));
  const [one, other] = [device(dice.below(7)), device(dice.below(7))];
  const mail: Identifier = { kind: 'email', value: `${dice.below(4)}@x.example` };
  if (dice.oneIn(9) && one.value !== other.value) return { type: 'Merge', one, other };
  if (dice.oneIn(40)) return { type: 'Merge', one: user('ann'), other: user('bob') };
  if (dice.oneIn(8)) return { type: 'Logout', ids: [one] };
  if (dice.oneIn(5)) return { type: 'Identify', ids: [one, { kind: 'session', value: `s${dice.below(6)}` }] };
  return { type: 'Identify', ids: dice.oneIn(4) ? [who, mail] : dice.oneIn(4) ? [who, mail, one] : [who, one] };
}

/** Ann on as many devices as she may have; they are merged where it says so. */
function fullAnn({ isMerged }: { readonly isMerged: boolean }) {
  const graph = new Watched();
  let position = 0;
  const say = (command: Command, trust: Trust = 2): Verdict => {
    position += 1;
    const statement = { project: 'p', wire: 'native', trust, command, time: 1.7e12 + position * 60_000 } as const;
    return step(graph, { policy, derive }, entryOf(statement, policy, { position, at: 2e12 + position }));
  };
  const login = (who: string, on: number | string, trust?: Trust) =>
    say({ type: 'Identify', ids: [user(who), device(on)] }, trust);
  for (let n = 1; n < FULL; n++) {
    login('ann', n);
    if (isMerged && n > 1) say({ type: 'Merge', one: device(n - 1), other: device(n) });
  }
  return { graph, login };
}

const isFull = ({ status, rule }: Verdict) => status === 'quarantined' && rule === 'K2';

describe('[K2] what somebody who is full has', () => {
  it('is counted once, however often they come with one device more', () => {
    const { graph, login } = fullAnn({ isMerged: true });
    const looks = ['x', 'y', 'z'].map((name) => {
      graph.looks = 0;
      expect(isFull(login('ann', name))).toBe(true);
      return graph.looks;
    }) as [number, number, number];
    console.log(`looks at nodes for a login of somebody who is full: ${looks.join(', ')}`);
    expect(Math.max(looks[1], looks[2])).toBeLessThan(looks[0] / 3);
  });

  it.each([
    ['an operator', 3],
    ['a backend', 2],
  ] as const)('is counted again when %s gives one of the devices to somebody else', (_, trust) => {
    const { login } = fullAnn({ isMerged: false });
    expect(isFull(login('ann', 'x'))).toBe(true);
    expect(isFull(login('ann', 'y'))).toBe(true);
    login('bob', 7, trust);
    // A device that two had in turn is still hers for her time; one that an operator gave away is not.
    expect(isFull(login('ann', 'z'))).toBe(trust === 2);
    expect(isFull(login('ann', 'zz'))).toBe(true);
  });

  it('is what counting it anew says, whatever becomes of it meanwhile', () => {
    console.log(`counts: SELFSAME_SEED=${seed}`);
    let full = 0;
    for (let number = seed; number < seed + HISTORIES; number++) {
      const dice = new Dice(number);
      const tight = dice.of(policies);
      const [remembers, forgets] = [new MemoryGraph(), new Forgetful()];
      for (let position = 1; position <= 60; position++) {
        const statement: Statement = {
          project: 'p',
          wire: 'native',
          trust: dice.of([0, 0, 2, 2, 2, 3]),
          command: commandOf(dice),
          time: 1.7e12 + dice.below(position) * 1_000_000,
        };
        const entry = entryOf(statement, tight, { position, at: 2e12 + position });
        const [one, other] = [remembers, forgets].map((graph) => step(graph, { policy: tight, derive }, entry));
        expect(one, `history ${number} at ${position}`).toEqual(other);
        if (one?.rule === 'K1' || one?.rule === 'K2') full += 1;
      }
    }
    console.log(`${full} words of somebody who was full`);
    expect(full).toBeGreaterThan(HISTORIES);
  });
});
