import { useCallback, useMemo } from 'react';
import type { EventView, PersonView, SharedAnswer } from '../../api/shapes.ts';
import { timeAxis } from '../../parts/axes.ts';
import { Chart, type Plot } from '../../parts/chart.tsx';
import { useTimes } from '../../time/use-times.ts';
import { wallOf } from '../../time/zone.ts';
import { type Devices, deviceOf } from './devices.ts';

/** More lanes than this say nothing to the eye; the list above has them all. */
const most = 10;

interface Dot {
  readonly lane: string;
  readonly time: Date;
  readonly said: string;
  readonly name: string;
  readonly hue: string;
}

/** A lane a device: the stretches in which it was this person's or somebody else's, and on them the events loaded so far. */
export function Lanes({
  person,
  devices,
  events,
  shared,
}: {
  person: PersonView;
  devices: Devices;
  events: readonly EventView[];
  /** Who else had them, and when. */
  shared: SharedAnswer['devices'];
}) {
  const times = useTimes();
  const draw = useCallback(
    (plot: Plot, width: number) => {
      const wall = (at: string | number) => new Date(wallOf(times.zone, new Date(at).getTime()));
      const first = wall(person.firstSeen ?? 0);
      const end = lastHappened(person, events, shared);
      const last = wall(end);
      const lanes = new Map([...devices.values()].slice(0, most).map(({ value, hue }) => [value, hue]));
      const stretches = person.identifiers
        .filter(({ value }) => lanes.has(value))
        .map(({ value, from, to }) => ({
          lane: value,
          from: from === null ? first : wall(from),
          to: to === null ? last : wall(to),
          hue: `var(--hue-${lanes.get(value)})`,
        }));
      const others = shared
        .filter(({ value }) => lanes.has(value))
        .flatMap(({ value, others }) =>
          others.map((other) => ({
            lane: value,
            from:
              other.from === null ? first : wall(Math.max(Date.parse(other.from), Date.parse(person.firstSeen ?? ''))),
            to: other.to === null ? last : wall(Math.min(Date.parse(other.to), end)),
            name: other.person.name,
          })),
        )
        // What lies before or after this person's time is said in the list.
        .filter(({ from, to }) => from < to);
      const dots = events.flatMap((event): Dot[] => {
        const device = deviceOf(event, devices);
        return device === undefined || !lanes.has(device.value)
          ? []
          : [
              {
                lane: device.value,
                time: wall(event.time),
                said: times.moment(event.time),
                name: event.name,
                hue: `var(--hue-${device.hue})`,
              },
            ];
      });
      return {
        height: 44 + lanes.size * 28,
        marginLeft: Math.min(120, width / 3),
        marginRight: 14,
        x: { ...timeAxis([first, last], times, width - 120), domain: [first, last] },
        y: { label: null, domain: [...lanes.keys()], padding: 0.4, tickSize: 0, tickFormat: short },
        marks: [
          plot.gridX({ strokeOpacity: 0.12 }),
          plot.barX(stretches, {
            x1: 'from',
            x2: 'to',
            y: 'lane',
            fill: 'hue',
            fillOpacity: 0.22,
            rx: 5,
            insetLeft: -5,
            insetRight: -5,
          }),
          plot.barX(others, {
            x1: 'from',
            x2: 'to',
            y: 'lane',
            fill: 'none',
            stroke: 'var(--ink-soft)',
            strokeDasharray: '3 3',
            rx: 5,
            title: ({ name }: { name: string }) => `Used by ${name}`,
          }),
          plot.dot(dots, {
            x: 'time',
            y: 'lane',
            fill: 'hue',
            r: 4,
            stroke: 'var(--surface)',
            title: ({ name, said }: Dot) => `${name}\n${said}`,
          }),
        ],
      };
    },
    [person, devices, events, shared, times],
  );
  const spread = person.firstSeen !== null && Date.parse(person.firstSeen) < lastHappened(person, events, shared);
  return devices.size === 0 || !spread ? null : (
    <Chart
      label="When each device was this person's, and dashed, when somebody else's; the list above and the timeline below hold the times"
      draw={draw}
    />
  );
}

/**
 * When something last happened on their devices, ms: an event, or a stretch that began or ended. What a backend says of
 * somebody moves `lastSeen` and nothing here.
 */
export function lastHappened(
  { identifiers, lastSeen }: Pick<PersonView, 'identifiers' | 'lastSeen'>,
  events: readonly Pick<EventView, 'time'>[],
  shared: SharedAnswer['devices'],
): number {
  const stretches = [...identifiers, ...shared.flatMap(({ others }) => others)];
  const happened = [...events.map(({ time }) => time), ...stretches.flatMap(({ from, to }) => [from, to])]
    .filter((at) => at !== null)
    .map((at) => Date.parse(at));
  const known = Date.parse(lastSeen ?? '');
  return happened.length === 0 ? known : Math.min(known, Math.max(...happened));
}

/** The events loaded so far, the same array as long as the pages are the same. */
export function useLoaded(
  pages: readonly { readonly events: readonly EventView[] }[] | undefined,
): readonly EventView[] {
  return useMemo(() => (pages ?? []).flatMap(({ events }) => events), [pages]);
}

const short = (value: string): string => (value.length > 14 ? `${value.slice(0, 13)}…` : value);
