import type { Json } from '@selfsame/identity';
import { isObject } from '../json/values.ts';

/** How much a backend may send at once. Lengths are in characters, as JavaScript counts them. */
export const limits = {
  batchBytes: 128 * 1024,
  batches: 100,
  /** Of one request (guarantees, "events per request"). */
  events: 2_000,
  /** Of an event, and of an attribute. */
  name: 256,
  attributes: 100,
  value: 4096,
  listValues: 1000,
  listValue: 512,
} as const;

/** Why these attributes are too many or too long, or undefined. `of`: whose they are, for the message. */
export function whyNotAttributes(of: 'an event' | 'a user', attributes: Json | undefined): string | undefined {
  if (!isObject(attributes)) return undefined;
  const all = Object.entries(attributes);
  if (all.length > limits.attributes) return `${of} has more than ${limits.attributes} attributes`;
  for (const [name, value] of all) {
    if (name.length > limits.name) return `an attribute of ${of} has a name longer than ${limits.name} characters`;
    const problem =
      typeof value === 'string' ? whyNotText(value) : Array.isArray(value) ? whyNotList(value) : undefined;
    if (problem !== undefined) return `an attribute of ${of} ${problem}`;
  }
  return undefined;
}

const whyNotText = (text: string): string | undefined =>
  text.length > limits.value ? `is longer than ${limits.value} characters` : undefined;

function whyNotList(values: readonly Json[]): string | undefined {
  if (values.length > limits.listValues) return `lists more than ${limits.listValues} values`;
  return values.some((value) => typeof value === 'string' && value.length > limits.listValue)
    ? `lists a value longer than ${limits.listValue} characters`
    : undefined;
}
