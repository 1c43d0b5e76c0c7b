declare const brand: unique symbol;
/** A string or number that has passed a check; casts live in this package, behind that check. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Milliseconds since 1970-01-01T00:00Z. */
export type Instant = number;

/** Position in the log: 1 for the first entry, then one more each. Never reused. */
export type Position = number;

export type ProjectId = string;

/** The public name of a person; derived from the identifier that founded it ([P1]). */
export type PersonId = Brand<string, 'PersonId'>;

/** What the outside calls someone, as `(kind, value)`: `user:42`, `device:5f1c…`, `email:ann@example.com`. */
export interface Identifier {
  readonly kind: string;
  readonly value: string;
}

/** An identifier as one string, `kind:value`. A kind never contains a colon, so the two cannot run together. */
export type IdentifierKey = Brand<string, 'IdentifierKey'>;

export const keyOf = (id: Identifier): IdentifierKey => `${id.kind}:${id.value}` as IdentifierKey;

/** The identifier a key stands for. */
export function identifierOf(key: IdentifierKey): Identifier {
  const colon = key.indexOf(':');
  return { kind: key.slice(0, colon), value: key.slice(colon + 1) };
}

/** Who stands behind a claim: T0 a public key · T1 signed by the customer's backend · T2 the server key · T3 the operator. */
export type Trust = 0 | 1 | 2 | 3;
