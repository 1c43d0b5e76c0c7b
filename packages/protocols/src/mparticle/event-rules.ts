import type { Json } from '@selfsame/identity';
import { isObject } from './wire.ts';

/** What a commerce event speaks of: exactly one of these. */
const commerce = ['product_action', 'promotion_action', 'product_impressions'] as const;

/**
 * What an event of a backend lacks, or undefined. Pages are not held to this: they could only send the same again.
 * Source: sheet §3, "Required per type".
 */
export function whyNotEvent(event: Json): string | undefined {
  if (!isObject(event)) return 'an event is not an object';
  const { event_type: type, data = {} } = event;
  if (typeof type !== 'string') return 'an event has no event_type';
  if (!isObject(data)) return 'an event has no data';
  const missing = (name: string) => (isText(data[name]) ? undefined : `a ${type} has no ${name}`);
  switch (type) {
    case 'custom_event':
      return missing('event_name') ?? missing('custom_event_type');
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

const isText = (value: Json | undefined): boolean => typeof value === 'string' && value !== '';
