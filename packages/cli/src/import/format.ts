import { createHash } from 'node:crypto';

type Fields = Readonly<Record<string, unknown>>;

/** One item, ready to be sent to a route that takes several at once. */
export interface Outgoing {
  readonly route: 'batch' | 'import' | 'engage';
  /** The item as JSON. */
  readonly json: string;
  /** Where it stood in the file. */
  readonly number: number;
}

export type Wire = 'native' | 'mixpanel';

/** An item as it stood in a file. */
export interface Written {
  readonly value: unknown;
  readonly number: number;
  readonly wire: Wire;
  /** The project's public key, which a profile update of Mixpanel's has to name. */
  readonly token: string;
}

/** The wire an item is written for, as far as one item shows it. */
export function wireOf(value: unknown): Wire | undefined {
  if (!isFields(value)) return undefined;
  if (isFields(value['properties']) && typeof value['event'] === 'string') return 'mixpanel';
  if (typeof value['$distinct_id'] === 'string') return 'mixpanel';
  return typeof value['type'] === 'string' ? 'native' : undefined;
}

/**
 * Prepares an item of a file for its route, or says why it cannot be. An item without an insert id gets one made of its
 * content and its place in the file, so that a second run of the same file has no second effect (G4).
 */
export function outgoing(item: Written): Outgoing | { readonly problem: string } {
  const { value, number, wire, token } = item;
  if (!isFields(value)) return { problem: 'is not an object' };
  const to = (route: Outgoing['route'], body: Fields): Outgoing => ({ route, number, json: JSON.stringify(body) });
  if (wire === 'native') {
    if (typeof value['type'] !== 'string')
      return { problem: 'has no type; a native item looks like {"type":"track",…}' };
    return to('batch', 'insertId' in value ? value : { ...value, insertId: made(value, number) });
  }
  if (typeof value['$distinct_id'] === 'string') {
    // Mixpanel's profile export has properties where an update has operations.
    const { $properties, ...update } = value;
    return to('engage', { ...update, ...(isFields($properties) ? { $set: $properties } : {}), $token: token });
  }
  const { event, properties } = value;
  if (typeof event !== 'string' || !isFields(properties))
    return { problem: 'is no Mixpanel event; one looks like {"event":"…","properties":{…}}' };
  if ('$insert_id' in properties) return to('import', value);
  return to('import', { ...value, properties: { ...properties, $insert_id: made(value, number) } });
}

const made = (value: Fields, number: number): string =>
  createHash('sha256')
    .update(`${number}\n${JSON.stringify(value)}`)
    .digest('hex')
    .slice(0, 32);

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
