import type { Ids, Properties } from './wire.ts';

/** Whom this browser speaks for: all that is kept of a visitor between pages. */
export interface Visitor {
  /** The visitor's own id, a UUID that nobody else has. */
  readonly device: string;
  /** Every other identifier, by kind. */
  readonly ids: Ids;
  /** What this browser said of the person; the server may know more. */
  readonly traits: Properties;
  readonly segments: readonly string[];
  /** Carried by every event (`register`). */
  readonly properties: Properties;
}

/** A visitor nobody has met. */
export const stranger = (device: string): Visitor => ({ device, ids: {}, traits: {}, segments: [], properties: {} });

/** Without the entries that are null or undefined. */
export function present<T extends object>(bag: T): T {
  return Object.fromEntries(Object.entries(bag).filter(([, value]) => value != null)) as T;
}

/**
 * The visitor after `identify`, `login`, `modify`: the given identifiers come over the known ones, null takes one away.
 * Another `user` is another person: nothing of the one before stays but the device and the registered properties.
 */
export function identified(visitor: Visitor, ids: Ids): Visitor {
  const { user } = visitor.ids;
  const isOther = user != null && ids['user'] != null && String(user) !== String(ids['user']);
  const base = isOther ? left(visitor) : visitor;
  const { device, ...others } = { ...base.ids, ...ids };
  // A visitor id from elsewhere (a server's cookie) is the device from now on.
  return { ...base, device: device == null ? base.device : String(device), ids: present(others) };
}

/** The visitor after `logout`: the same device, in nobody's hands. */
export const left = (visitor: Visitor): Visitor => ({
  ...stranger(visitor.device),
  properties: visitor.properties,
});

/** The identifiers an item carries. */
export const idsOf = (visitor: Visitor): Ids => ({ device: visitor.device, ...visitor.ids });

/** What was kept, or undefined when it is not a visitor any more (damaged, or another version's). */
export function parseVisitor(text: string | null): Visitor | undefined {
  try {
    const kept = JSON.parse(text as string) as Partial<Visitor> | null;
    return kept && typeof kept.device === 'string' ? { ...stranger(kept.device), ...kept } : undefined;
  } catch {
    return undefined;
  }
}
