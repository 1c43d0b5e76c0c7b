import type { Json, JsonObject } from '@selfsame/identity';
import { idOf, isObject, objectOf } from '../json/values.ts';
import { limits, whyNotAttributes } from './limits.ts';

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

/**
 * What an event of a backend lacks, or has too much of; or undefined. Pages are not held to this: they could only send
 * the same again. Source: the vendor's documentation of server events.
 */
export function whyNotEvent(event: Json): string | undefined {
  if (!isObject(event)) return 'an event is not an object';
  const { event_type: type } = event;
  const data = objectOf(event['data']);
  if (typeof type !== 'string') return 'an event has no event_type';
  if (data === undefined) return 'an event has no data';
  return whyNotOfType(type, data) ?? whyNotLong(data) ?? whyNotAttributes('an event', data['custom_attributes']);
}

function whyNotOfType(type: string, data: JsonObject): string | undefined {
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

const whyNotCustom = ({ custom_event_type: type }: JsonObject): string | undefined =>
  customTypes.includes(type as Json) ? undefined : `custom_event_type is none of ${customTypes.join(', ')}`;

/** Names of events, screens and attributes have one limit. */
function whyNotLong(data: JsonObject): string | undefined {
  const field = ['event_name', 'screen_name', 'user_attribute_name'].find((name) => {
    const value = data[name];
    return typeof value === 'string' && value.length > limits.name;
  });
  return field === undefined ? undefined : `${field} is longer than ${limits.name} characters`;
}

const isText = (value: Json | undefined): boolean => typeof idOf(value) === 'string';
