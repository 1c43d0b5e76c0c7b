import { type Figure, quantile } from './figure.ts';
import type { Load } from './load.ts';
import { compare, type Window } from './pooled.ts';

/** What is measured together. */
export interface Loading {
  readonly name: string;
  readonly of: Pick<Load, 'connections' | 'perSecond'>;
  /** Where its outputs run, and whether that is what the bar is for: then all kinds of windows, long ones in many rounds. */
  readonly place: 'in the server' | 'in their process';
  readonly isBar?: true;
}

/** What the goals ask to go out meanwhile, a second; and the limits of the outputs, a little above. */
export const GOALS = { webhooks: 1_000, batched: 10_000 };
export const LIMITS = { webhooks: 1_050, batched: 10_500 };
/** What one window saw: how long intake took, ms; what the outputs sent a second, and what that used, of a core. */
export interface Seen {
  readonly latencies: Window;
  readonly webhooks: number;
  readonly batched: number;
  readonly cpu: number;
}

/**
 * Windows with the outputs paused, twice: what the second is to the first is what chance alone does in this run. Between
 * them outputs at work, and a bare sender that sends as much while they are paused, which says what any sender costs on
 * a machine that carries load, receiver and server as well.
 */
export const kinds = ['paused', 'working', 'paused again', 'bare'] as const;
export type Round = Partial<Record<(typeof kinds)[number], Seen>>;

/** What windows of these kinds saw of one round. */
type Windows = (one: Round) => readonly Window[];

/** The rounds of one loading as lines of the table. */
export function figuresOf({ name, place, ...more }: Loading, rounds: readonly Round[]): readonly Figure[] {
  const isBar = more.isBar === true;
  const windows =
    (...of: readonly (keyof Round)[]): Windows =>
    (one) =>
      of.flatMap((kind) => (one[kind] === undefined ? [] : [one[kind].latencies]));
  const [working, paused, again, bare] = [
    windows('working'),
    windows('paused'),
    windows('paused again'),
    windows('bare'),
  ];
  const both = windows('paused', 'paused again');
  const compared = (measured: Windows, floor: Windows) =>
    compare(rounds.map((one) => [measured(one), floor(one)] as const));
  /** A p99, pooled, beside its floor; how far another run may be from that ratio; and the middle of the rounds' own. */
  const lines = (what: string, measured: Windows, floor: Windows, goal?: string): readonly Figure[] => {
    const { value, ratio, between, paired, floor: other } = compared(measured, floor);
    return [
      {
        ...{ name: what, value, unit: 'ms', floor: other, ratio },
        ...(goal === undefined ? {} : { goal, met: ratio <= 1.1 }),
      },
      ...(isBar
        ? ([
            ['  nine tenths of its ratio, rounds drawn anew: from', between[0]],
            ['  to', between[1]],
            ['  the middle of the rounds’ own ratios', paired],
          ] as const)
        : []
      ).map(([text, times]): Figure => ({ name: text, value: times, unit: '×' })),
    ];
  };
  const middle = (kind: keyof Round, of: 'webhooks' | 'batched' | 'cpu') =>
    quantile(
      rounds.flatMap((one) => one[kind]?.[of] ?? []),
      0.5,
    );
  const rate = (what: string, of: keyof typeof GOALS): Figure => {
    const value = middle('working', of);
    return {
      ...{ name: `${what} meanwhile`, value, unit: 'a second' },
      ...(isBar
        ? { floor: middle('bare', of), goal: `≥ ${GOALS[of].toLocaleString('en')}/s`, met: value >= GOALS[of] }
        : {}),
    };
  };
  const title = `p99 of intake at ${name}, outputs ${place}`;
  return [
    ...lines(title, working, both, '≤ 1.1 × p99 while they are paused'),
    ...(isBar
      ? [
          ...lines('what chance does: paused again, beside paused', again, paused),
          ...lines('a bare sender of as much, beside paused', bare, both),
          ...lines('outputs, beside that bare sender', working, bare),
        ]
      : []),
    rate('webhooks', 'webhooks'),
    rate('batched events', 'batched'),
    ...(isBar
      ? [
          {
            ...{ name: 'the processor meanwhile, all of the outputs’ process', value: middle('working', 'cpu') },
            ...{ unit: 'of a core', floor: middle('bare', 'cpu') },
          },
        ]
      : []),
  ];
}
