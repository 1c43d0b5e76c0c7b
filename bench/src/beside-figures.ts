import { type Figure, median } from './figure.ts';
import type { Load } from './load.ts';
import { type Compared, compare, type Pair, pairsOfOne, type Ratio, type Window } from './pooled.ts';

/** What is measured together. */
export interface Loading {
  readonly name: string;
  readonly of: Pick<Load, 'connections' | 'perSecond'>;
  /** Where its outputs run, and whether that is what the bar is for: then many windows, and beside a bare sender too. */
  readonly place: 'in the server' | 'in their process';
  readonly isBar?: true;
}

/** What the goals ask to go out meanwhile, a second; and the limits of the outputs, a little above. */
export const GOALS = { webhooks: 1_000, batched: 10_000 };
export const LIMITS = { webhooks: 1_050, batched: 10_500 };
/** How much longer intake's p99 may be. */
const BAR = 1.1;

/** What one window saw: how long intake took, ms; what the outputs sent a second, and what processes used, of a core. */
export interface Seen {
  readonly latencies: Window;
  readonly webhooks: number;
  readonly batched: number;
  /** The process of outputs. */
  readonly own: number;
  readonly server: number;
}

/** A window with the outputs paused, beside one with them at work, or with as much sent by somebody else. */
export interface Neighbours {
  readonly paused: Seen;
  readonly sending: Seen;
}

/** What a loading saw: its windows by pairs, and those beside a bare sender, in the order in which they came. */
export interface SeenOf {
  readonly working: readonly Neighbours[];
  readonly bare: readonly Neighbours[];
}

const pairsOf = (all: readonly Neighbours[]): readonly Pair[] =>
  all.map(({ paused, sending }) => ({ measured: sending.latencies, floor: paused.latencies }));

/**
 * The windows of one loading as lines of the table. Where there is a bar it is held to the middle of the ratios of
 * neighbours, whatever comes out: pooled, windows in which the disk stood still decide, and paused beside paused was
 * then 0.74 and 0.80 where it should have been 1. Both are printed, each with what chance alone makes of it.
 */
export function figuresOf({ name, place, ...more }: Loading, { working, bare }: SeenOf): readonly Figure[] {
  const isBar = more.isBar === true;
  const compared = compare(pairsOf(working));
  const title = `p99 of intake at ${name}, outputs ${place}`;
  return [
    ...(isBar
      ? lines(
          title,
          compared,
          compare(pairsOfOne(working.map(({ paused }) => paused.latencies))),
          compare(pairsOf(bare)),
        )
      : [pooledOf(title, compared)]),
    ...(['webhooks', 'batched'] as const).map((of): Figure => {
      const value = middle(working, of);
      const goal = { goal: `≥ ${GOALS[of].toLocaleString('en')}/s`, met: value >= GOALS[of] };
      return {
        ...{ name: of === 'webhooks' ? 'webhooks meanwhile' : 'batched events meanwhile', value, unit: 'a second' },
        ...(isBar ? { floor: middle(bare, of), ...goal } : {}),
      };
    }),
    ...(isBar
      ? [
          core(
            'the processor meanwhile, the outputs’ process beside a bare sender',
            middle(working, 'own'),
            middle(bare, 'own'),
          ),
          core(
            'the server’s own, beside that of while they are paused',
            middle(working, 'server'),
            median(working.map((one) => one.paused.server)),
          ),
        ]
      : []),
  ];
}

const middle = (all: readonly Neighbours[], of: 'webhooks' | 'batched' | 'own' | 'server'): number =>
  median(all.map((one) => one.sending[of]));

const core = (name: string, value: number, floor: number): Figure => ({ name, value, unit: 'of a core', floor });

function lines(title: string, working: Compared, chance: Compared, bare: Compared): readonly Figure[] {
  const all = [
    ['paused beside paused, which chance makes', chance],
    ['a bare sender of as much', bare],
  ] as const;
  return [
    {
      ...{
        name: `${title}: the middle of its ratios to a paused window beside it`,
        value: working.middle.ratio,
        unit: '×',
      },
      ...{ goal: `≤ ${BAR}`, met: working.middle.ratio <= BAR },
    },
    ...rangeOf(working.middle),
    ...all.flatMap(([name, { middle }]) => [
      { name: `  the same of ${name}`, value: middle.ratio, unit: '×' },
      ...rangeOf(middle),
    ]),
    pooledOf(`${title}: of all windows together`, working),
    ...rangeOf(working.pooled),
    ...all.flatMap(([name, one]) => [pooledOf(`  the same of ${name}`, one), ...rangeOf(one.pooled)]),
  ];
}

const pooledOf = (name: string, { pooled: { value, floor, ratio } }: Compared): Figure => ({
  ...{ name, value, unit: 'ms', floor, ratio },
});

const rangeOf = ({ between: [from, to] }: Ratio): readonly Figure[] => [
  { name: '    nine tenths of it, pairs drawn anew: from', value: from, unit: '×' },
  { name: '    to', value: to, unit: '×' },
];
