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

/**
 * The device an event happened on: its anchor if that is a device, else the one whose value stands among the event's
 * properties. So no vendor's name for it need be known here.
 */
export function deviceOf(event: EventView, devices: Devices): Device | undefined {
  const anchored = event.anchor === null ? undefined : devices.get(event.anchor.value);
  if (anchored !== undefined) return anchored;
  for (const value of Object.values(event.properties)) {
    const device = typeof value === 'string' ? devices.get(value) : undefined;
    if (device !== undefined) return device;
  }
  return undefined;
}
