import type { Json } from '@selfsame/identity';
import type { PersonMessage } from '../message.ts';
import type { MixpanelIdentity, Names } from './names.ts';

/** People updates for what changed about somebody: what is set, what is gone, the segments they are in. */
export function peopleOf(
  message: PersonMessage,
  token: string,
  names: Names,
  identity: MixpanelIdentity,
): readonly object[] {
  const { person, traits, segments, all } = message;
  const who = names.distinct_id;
  // SPiD says nothing of strangers; what was said of one is told once they are known.
  if (who === undefined || (identity === 'spid' && !person.known)) return [];
  const head = { $token: token, $distinct_id: who, $ip: '0', $ignore_time: true };
  const set = identity === 'spid' ? spidProfile(all) : traits.set;
  return [
    ...(Object.keys(set).length === 0 ? [] : [{ ...head, $set: set }]),
    ...(traits.unset.length === 0 ? [] : [{ ...head, $unset: traits.unset }]),
    ...(segments.entered.length === 0 ? [] : [{ ...head, $union: { segments: segments.entered } }]),
    ...segments.left.map((one) => ({ ...head, $remove: { segments: one } })),
  ];
}

const platform = ['Locale', 'Birthday', 'Last authenticated', 'Last login'] as const;

/** What events carry as standard properties: a trait of such a name is no client's. */
const standard = [
  ...['Version', 'Revision', 'SPiD ID', 'Client', 'ip', 'User agent', 'Age', 'Gender', 'User status', 'Registered'],
  ...['Tracking ref', 'Tracking tag', 'Flow'],
];
const reserved: ReadonlySet<string> = new Set([...platform, ...standard]);

/** The client's traits, and over them what only the platform sets; a login that never was is left out. */
function spidProfile(all: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  const own = Object.entries(all).filter(([name]) => !reserved.has(name));
  const values: Record<(typeof platform)[number], Json | undefined> = {
    Locale: all['Locale'],
    Birthday: isDate(all['Birthday']) ? (all['Birthday'] as string) : 'undisclosed',
    'Last authenticated': all['Last authenticated'],
    'Last login': all['Last login'],
  };
  const set = platform.flatMap((name): [string, Json][] => {
    const value = values[name];
    return value === undefined || value === null || value === false ? [] : [[name, value]];
  });
  return Object.fromEntries([...own, ...set]);
}

/** A calendar date, `YYYY-MM-DD`, of a year after 0. */
function isDate(value: Json | undefined): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(typeof value === 'string' ? value : '') ?? [];
  if (year === undefined || Number(year) === 0) return false;
  const leap = (Number(year) % 4 === 0 && Number(year) % 100 !== 0) || Number(year) % 400 === 0;
  const length = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Number(month) - 1] ?? 0;
  return Number(day) >= 1 && Number(day) <= length;
}
