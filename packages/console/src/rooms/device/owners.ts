import type { DeviceView } from '../../api/shapes.ts';

export type Stretch = DeviceView['stretches'][number];

/** Somebody who had the device, with the colour they have on its page; visits are nobody's and have none. */
export interface Owner {
  readonly id: string;
  readonly name: string;
  /** 0–7 */
  readonly hue: number;
}

/** Who had a device, in the order they came: each has one colour, whatever their number of stretches. */
export function ownersOf({ stretches }: Pick<DeviceView, 'stretches'>): ReadonlyMap<string, Owner> {
  const owners = new Map<string, Owner>();
  for (const { person, isVisit } of stretches)
    if (!isVisit && !owners.has(person.id))
      owners.set(person.id, { id: person.id, name: person.name, hue: owners.size % 8 });
  return owners;
}

/** When a stretch began and ended as far as the device was there, ms. */
export function withinLife(
  { firstSeen, lastSeen }: Pick<DeviceView, 'firstSeen' | 'lastSeen'>,
  { from, to }: { readonly from: string | null; readonly to: string | null },
): { readonly from: number; readonly to: number } {
  const [first, last] = [Date.parse(firstSeen ?? ''), Date.parse(lastSeen ?? '')];
  return {
    from: from === null ? first : Math.max(first, Date.parse(from)),
    to: to === null ? last : Math.min(last, Date.parse(to)),
  };
}
