import type { Format, Reading } from './format-shape.ts';
import { amplitude } from './formats/amplitude.ts';
import { csv } from './formats/csv.ts';
import { ga4 } from './formats/ga4.ts';
import { log } from './formats/log.ts';
import { mixpanel } from './formats/mixpanel.ts';
import { mparticle } from './formats/mparticle.ts';
import { native } from './formats/native.ts';
import { posthog } from './formats/posthog.ts';
import { segment } from './formats/segment.ts';
import { snowplow } from './formats/snowplow.ts';
import { isFields, type Outgoing, Unreadable } from './outgoing.ts';

/** In the order they are tried: the ones that show it most plainly first. */
const formats = [
  mparticle,
  posthog,
  amplitude,
  ga4,
  segment,
  mixpanel,
  native,
  log,
  snowplow,
] as const satisfies readonly Format[];

/** What no item tells by itself. */
const tables = [csv] as const satisfies readonly Format[];

/** Those that need no mapping. */
export const itemFormatNames: readonly string[] = formats.map(({ name }) => name);

export const formatNames: readonly string[] = [...itemFormatNames, ...tables.map(({ name }) => name)];

export const formatCalled = (name: string): Format | undefined =>
  [...formats, ...tables].find((format) => format.name === name);

/** The format an item is written in, as far as one item shows it. */
export const formatOf = (value: unknown): Format | undefined =>
  isFields(value) ? formats.find((format) => format.recognises(value)) : undefined;

/** An item of a file, ready for its routes, or why it cannot be sent. */
export function outgoing(
  format: Format,
  value: unknown,
  reading: Reading,
  number = reading.number,
): readonly Outgoing[] | { readonly problem: string } {
  if (!isFields(value)) return { problem: 'is not an object' };
  try {
    return format.read(value, reading).map(({ route, body }) => ({
      route,
      json: JSON.stringify(body),
      source: { number, value },
    }));
  } catch (error) {
    if (error instanceof Unreadable) return { problem: error.message };
    throw error;
  }
}
