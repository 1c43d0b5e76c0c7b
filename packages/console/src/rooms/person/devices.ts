import type { EventView, PersonView } from '../../api/shapes.ts';
import { isDeviceLike } from '../../parts/words.ts';

/** A device, session or visitor id of a person, with the colour it has all over the page. */
export interface Device {
  readonly kind: string;
  readonly value: string;
  /** 0–7 */
  readonly hue: number;
}

/** Devices by value: values of different kinds that are equal are one device to the eye. */
export type Devices = ReadonlyMap<string, Device>;

/** A person's devices in the order they are listed. */
export function devicesOf(person: PersonView): Devices {
  const devices = new Map<string, Device>();
  for (const { kind, value } of person.identifiers)
    if (isDeviceLike(kind) && !devices.has(value)) devices.set(value, { kind, value, hue: devices.size % 8 });
  return devices;
}

/** The device of this person an event was done on. */
export const deviceOf = (event: EventView, devices: Devices): Device | undefined =>
  event.device === null ? undefined : devices.get(event.device.value);
