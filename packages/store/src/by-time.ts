import { Moments } from '@selfsame/identity';
import type { Turn } from './turn.ts';

/** Numbers merged between two looks at the clock: a fraction of a millisecond. */
const STRETCH = 20_000;

/**
 * Entries in order of time, ms, then of position. Of two at the same time the one that is given first must have the earlier
 * position. What is in order already costs a look; both lists are used up.
 */
export async function byTime(
  times: Float64Array<ArrayBuffer>,
  positions: Uint32Array<ArrayBuffer>,
  turn: Turn,
): Promise<Moments> {
  let runs = runsOf(times);
  if (runs.length === 1) return new Moments(times, positions);
  let [from, into] = [
    { times, positions },
    { times: new Float64Array(times.length), positions: new Uint32Array(times.length) },
  ];
  // Two neighbouring runs become one, until there is one.
  while (runs.length > 1) {
    const merged: number[] = [];
    for (let run = 0; run < runs.length; run += 2) {
      const middle = runs[run] as number;
      const end = runs[run + 1] ?? middle;
      let i = merged.at(-1) ?? 0;
      let j = middle;
      for (let k = i; k < end; k++) {
        const isFirst = j === end || (i < middle && (from.times[i] as number) <= (from.times[j] as number));
        const at = isFirst ? i++ : j++;
        into.times[k] = from.times[at] as number;
        into.positions[k] = from.positions[at] as number;
        if (k % STRETCH === 0 && turn.isOver) await turn.next();
      }
      merged.push(end);
    }
    [from, into, runs] = [into, from, merged];
  }
  return new Moments(from.times, from.positions);
}

/** The ends (exclusive) of the stretches that are in order. */
function runsOf(times: Float64Array): readonly number[] {
  const ends: number[] = [];
  for (let i = 1; i < times.length; i++) if ((times[i] as number) < (times[i - 1] as number)) ends.push(i);
  ends.push(times.length);
  return ends;
}
