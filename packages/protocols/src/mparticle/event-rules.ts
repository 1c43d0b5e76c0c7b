import type { Json, JsonObject } from '@selfsame/identity';
import { isObject } from './wire.ts';

/** What a commerce event speaks of: exactly one of these. */
const commerce = ['product_action', 'promotion_action', 'product_impressions'] as const;

/** What a custom event may be of; `unknown` is the SDKs’ own word for none of them. */
const customTypes: readonly Json[] = [
  'navigation',
  'location',
  'search',
  'transaction',
  'user_content',
  'user_preference',
  'social',
  'other',
  'media',
  'attribution',
  'unknown',
];

/** The longest name of an event, in characters. */
const LONGEST_NAME = 256;

/**
 * What an event of a backend lacks, or undefined. Pages are not held to this: they could only send the same again.
 * Source: sheet §3, "Required per type" and "Limits".
 */
export function whyNotEvent(event: Json): string | undefined {
  if (!isObject(event)) return 'an event is not an object';
  const { event_type: type, data = {} } = event;
  if (typeof type !== 'string') return 'an event has no event_type';
  if (!isObject(data)) return 'an event has no data';
  const missing = (name: string) => (isText(data[name]) ? undefined : `a ${type} has no ${name}`);
  switch (type) {
    case 'custom_event':
      return missing('event_name') ?? missing('custom_event_type') ?? whyNotCustom(data);
    case 'user_attribute_change':
      return missing('user_attribute_name');
    case 'commerce_event':
      return commerce.filter((name) => data[name] !== undefined && data[name] !== null).length === 1
        ? undefined
        : `a commerce_event needs exactly one of ${commerce.join(', ')}`;
    default:
      return undefined;
  }
}

function whyNotCustom({ event_name: name, custom_event_type: type }: JsonObject): string | undefined {
  if ((name as string).length > LONGEST_NAME) return `an event_name is longer than ${LONGEST_NAME} characters`;
  return customTypes.includes(type as Json) ? undefined : `custom_event_type is none of ${customTypes.join(', ')}`;
}

const isText = (value: Json | undefined): boolean => typeof value === 'string' && value !== '';
