import { useCallback, useMemo } from 'react';
import type { EventView, PersonView } from '../../api/shapes.ts';
import { Chart, type Plot } from '../../parts/chart.tsx';
import { dayOf, momentOf } from '../../parts/format.ts';
import { type Devices, deviceOf } from './devices.ts';

/** More lanes than this say nothing to the eye; the list above has them all. */
const most = 10;

interface Dot {
  readonly lane: string;
  readonly time: Date;
  readonly name: string;
  readonly hue: string;
}

/** A lane a device: the stretches in which it was this person's, and on them the events loaded so far. */
export function Lanes({
  person,
  devices,
  events,
}: {
  person: PersonView;
  devices: Devices;
  events: readonly EventView[];
}) {
  const draw = useCallback(
    (plot: Plot, width: number) => {
      const first = new Date(person.firstSeen ?? 0);
      const last = new Date(person.lastSeen ?? 0);
      const days = last.getTime() - first.getTime() > 3 * 86_400_000;
      const lanes = new Map([...devices.values()].slice(0, most).map(({ value, hue }) => [value, hue]));
      const stretches = person.identifiers
        .filter(({ value }) => lanes.has(value))
        .map(({ value, from, to }) => ({
          lane: value,
          from: from === null ? first : new Date(from),
          to: to === null ? last : new Date(to),
          hue: `var(--hue-${lanes.get(value)})`,
        }));
      const dots = events.flatMap((event): Dot[] => {
        const device = deviceOf(event, devices);
        return device === undefined || !lanes.has(device.value)
          ? []
          : [{ lane: device.value, time: new Date(event.time), name: event.name, hue: `var(--hue-${device.hue})` }];
      });
      return {
        height: 44 + lanes.size * 28,
        marginLeft: Math.min(120, width / 3),
        marginRight: 14,
        x: {
          type: 'time' as const,
          label: null,
          domain: [first, last],
          ticks: Math.max(1, Math.floor((width - 120) / 200)),
          tickFormat: (time: Date) => (days ? dayOf(time.getTime()) : momentOf(time.getTime())),
        },
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
          plot.dot(dots, {
            x: 'time',
            y: 'lane',
            fill: 'hue',
            r: 4,
            stroke: 'var(--surface)',
            title: ({ name, time }: Dot) => `${name}\n${momentOf(time.getTime())}`,
          }),
        ],
      };
    },
    [person, devices, events],
  );
  const spread = person.firstSeen !== null && person.firstSeen !== person.lastSeen;
  return devices.size === 0 || !spread ? null : (
    <Chart
      label="When each device was this person's; the list above and the timeline below hold the times"
      draw={draw}
    />
  );
}

/** The events loaded so far, the same array as long as the pages are the same. */
export function useLoaded(
  pages: readonly { readonly events: readonly EventView[] }[] | undefined,
): readonly EventView[] {
  return useMemo(() => (pages ?? []).flatMap(({ events }) => events), [pages]);
}

const short = (value: string): string => (value.length > 14 ? `${value.slice(0, 13)}…` : value);
