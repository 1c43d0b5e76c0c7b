import { useCallback } from 'react';
import type { PersonView } from '../../api/shapes.ts';
import { Chart, type Plot } from '../../parts/chart.tsx';
import type { Devices } from './devices.ts';

/** More lanes than this say nothing to the eye; the list above has them all. */
const most = 10;

/** The stretches of time in which each device was this person's, one lane a device. */
export function Lanes({ person, devices }: { person: PersonView; devices: Devices }) {
  const draw = useCallback(
    (plot: Plot, width: number) => {
      const first = new Date(person.firstSeen ?? 0);
      const last = new Date(person.lastSeen ?? 0);
      const stretches = person.identifiers
        .filter(({ value }) => devices.has(value))
        .map(({ kind, value, from, to }) => ({
          lane: `${kind} ${short(value)}`,
          from: from === null ? first : new Date(from),
          to: to === null ? last : new Date(to),
          hue: `var(--hue-${devices.get(value)!.hue})`,
        }));
      const lanes = [...new Set(stretches.map(({ lane }) => lane))].slice(0, most);
      return {
        height: 44 + lanes.length * 24,
        marginLeft: Math.min(150, width / 3),
        marginRight: 12,
        x: { type: 'utc' as const, label: null, domain: [first, last] },
        y: { label: null, domain: lanes, padding: 0.45 },
        marks: [
          plot.gridX({ strokeOpacity: 0.12 }),
          plot.barX(stretches, {
            x1: 'from',
            x2: 'to',
            y: 'lane',
            fill: 'hue',
            rx: 4,
            insetLeft: -1,
            insetRight: -1,
            clip: false,
          }),
        ],
      };
    },
    [person, devices],
  );
  const spread = person.firstSeen !== null && person.firstSeen !== person.lastSeen;
  return devices.size === 0 || !spread ? null : (
    <Chart label="When each device was this person's; the list above holds the times" draw={draw} />
  );
}

const short = (value: string): string => (value.length > 14 ? `${value.slice(0, 13)}…` : value);
