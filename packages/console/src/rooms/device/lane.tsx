import { useCallback } from 'react';
import type { DeviceView } from '../../api/shapes.ts';
import { timeAxis } from '../../parts/axes.ts';
import { Chart, type Plot } from '../../parts/chart.tsx';
import { trustInWords } from '../../parts/words.ts';
import { useTimes } from '../../time/use-times.ts';
import { wallOf } from '../../time/zone.ts';
import { type Owner, withinLife } from './owners.ts';

/** One lane: every owner in a colour, what was said as marks on it, silences as gaps. The tables below hold the same. */
export function Lane({ device, owners }: { device: DeviceView; owners: ReadonlyMap<string, Owner> }) {
  const times = useTimes();
  const draw = useCallback(
    (plot: Plot, width: number) => {
      const wall = (at: string | number) => new Date(wallOf(times.zone, new Date(at).getTime()));
      const [first, last] = [wall(device.firstSeen ?? 0), wall(device.lastSeen ?? 0)];
      const lane = { y1: 0, y2: 1 };
      const bars = device.stretches.map((stretch) => {
        const { from, to } = withinLife(device, stretch);
        const owner = owners.get(stretch.person.id);
        return {
          ...lane,
          from: wall(from),
          to: wall(to),
          hue: owner === undefined ? 'var(--ink-faint)' : `var(--hue-${owner.hue})`,
          said: `${owner?.name ?? 'A visit'}\n${times.moment(from)} – ${times.moment(to)}\n${stretch.because}`,
        };
      });
      const silences = device.silences.map((one) => {
        const { from, to } = withinLife(device, one);
        return { y1: 0.4, y2: 0.6, from: wall(from), to: wall(to), said: 'Silent' };
      });
      const words = device.words.map((word) => ({
        time: wall(word.time),
        y: 1.12,
        letter: { login: '▼', logout: '△', merge: '◆' }[word.what],
        ink: word.stands ? 'var(--ink)' : 'var(--bad)',
        said: `${saidBy(word)}\n${times.moment(word.time)}`,
      }));
      return {
        height: 110,
        marginLeft: 14,
        marginRight: 14,
        x: { ...timeAxis([first, last], times, width), domain: [first, last] },
        y: { axis: null, domain: [0, 1.3] },
        marks: [
          plot.gridX({ strokeOpacity: 0.12 }),
          plot.rectX(bars, { x1: 'from', x2: 'to', y1: 'y1', y2: 'y2', fill: 'hue', fillOpacity: 0.75, title: 'said' }),
          plot.rectX(silences, {
            x1: 'from',
            x2: 'to',
            y1: 'y1',
            y2: 'y2',
            fill: 'var(--surface)',
            stroke: 'var(--line-strong)',
            title: 'said',
          }),
          plot.text(words, { x: 'time', y: 'y', text: 'letter', fill: 'ink', title: 'said' }),
        ],
      };
    },
    [device, owners, times],
  );
  if (device.firstSeen === null || device.firstSeen === device.lastSeen) return null;
  return <Chart label="Whose it was when; the lists below hold the same" draw={draw} />;
}

/** `Login of user:ann, by Segment, said by a page, with the public key` */
export const saidBy = ({ what, with: who, source, trust, stands }: DeviceView['words'][number]): string =>
  `${{ login: 'Login of', logout: 'Logout', merge: 'Merged with' }[what]}${who === null ? '' : ` ${who.kind}:${who.value}`}${stands ? '' : ' (refused)'}, by ${source}, said by ${trustInWords(trust)}`;
