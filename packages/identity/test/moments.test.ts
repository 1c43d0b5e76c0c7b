import { expect, it } from 'vitest';
import { type Gap, gapsBetween, gapsWith, visitsOf, visitsOfBoth } from '../src/evidence/gaps.ts';
import { Moments } from '../src/index.ts';
import { Dice } from './random-history.ts';

const seed = Number(process.env['SELFSAME_SEED']);
console.log(`moments: SELFSAME_SEED=${seed}`);

interface Moment {
  readonly position: number;
  readonly time: number;
}

/** Random entries, several at one moment, that came in order of time or not. */
function some(dice: Dice, most: number) {
  const count = dice.below(most);
  const times = Array.from({ length: count }, () => dice.below(60));
  if (dice.oneIn(2)) times.sort((a, b) => a - b);
  const list = times.map((time, i): Moment => ({ position: 3 * i + 1, time }));
  list.sort((a, b) => a.time - b.time || a.position - b.position);
  const moments = new Moments(
    Float64Array.from(list, ({ time }) => time),
    Uint32Array.from(list, ({ position }) => position),
  );
  return { list, moments };
}

const listed = ({ times, positions }: Moments): readonly Moment[] =>
  [...times].map((time, i) => ({ position: positions[i] as number, time }));

it('moments are found by halving as they are by looking at each', () => {
  for (let i = 0; i < 500; i++) {
    const dice = new Dice(seed + i);
    const say = `SELFSAME_SEED=${seed + i}`;
    const { list, moments } = some(dice, 40);
    const [from, to] = [dice.below(60), dice.below(70)].sort((a, b) => a - b) as [number, number];
    const timeOf = (position: number) => list.find((one) => one.position === position)?.time ?? 30;
    const gone = new Set(Array.from({ length: dice.below(6) }, () => 3 * dice.below(20) + 1));
    // The earliest and the latest most of all: they are left out without a copy.
    for (const end of [0, 1, -1, -2]) if (dice.oneIn(2)) gone.add(list.at(end)?.position ?? 1);
    expect(listed(moments.within(from, to)), say).toEqual(list.filter(({ time }) => time >= from && time < to));
    expect(listed(moments.without(gone, timeOf)), say).toEqual(list.filter(({ position }) => !gone.has(position)));
    const last = dice.below(100);
    expect(listed(moments.until(last)), say).toEqual(list.filter(({ position }) => position <= last));
    expect(moments.first, say).toBe(Math.min(...list.map(({ position }) => position)));
    expect(moments.last, say).toBe(Math.max(0, ...list.map(({ position }) => position)));
  }
});

it('[L7c] silences with many more sightings are those that each of them gives by itself', () => {
  for (let i = 0; i < 500; i++) {
    const dice = new Dice(seed + i);
    const longest = 1 + dice.below(12);
    // Between the first and the last, which are known.
    const [first, last] = [-5, 70];
    const sighted = (gaps: readonly Gap[], times: readonly number[]) =>
      times.reduce((now, time) => gapsWith(now, first, last, time, longest), gaps);
    const known = sighted(
      [{ from: first, to: last }],
      some(dice, 6).list.map(({ time }) => time),
    );
    const [one, other] = [some(dice, 12), some(dice, 12)];
    const [mine, theirs] = [one, other].map(({ moments }) => visitsOf(moments.times, longest)) as [
      Float64Array,
      Float64Array,
    ];
    const times = [...one.list, ...other.list].map(({ time }) => time);
    const visits = visitsOfBoth(mine, theirs);
    const wanted = sighted(known, times);
    expect(gapsBetween(known, visits, longest), `SELFSAME_SEED=${seed + i}`).toEqual(wanted);
    // A list that says the same is given back, and one that says anything else is not believed.
    expect(gapsBetween(known, visits, longest, wanted)).toBe(wanted);
    const others = [wanted.slice(0, -1), [...wanted, { from: 80, to: 90 }], wanted.toSpliced(dice.below(3), 1)];
    expect(gapsBetween(known, visits, longest, dice.of(others)), `SELFSAME_SEED=${seed + i}`).toEqual(wanted);
  }
});
