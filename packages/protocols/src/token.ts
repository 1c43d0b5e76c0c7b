import type { Json } from '@selfsame/identity';

/**
 * Under this name a page hands on who its visitor is, as the customer's backend signed it, through whatever the vendor's
 * own client lets a page set: a property of an event, or a trait. What asks mParticle's directory has only identities, so
 * there it is the value of one, of any type, that begins with this name and a colon.
 */
export const TOKEN = '$selfsame_signed';
export const PREFIX = `${TOKEN}:`;

/** Is this value of an identity a signed text? */
export const carriesToken = (value: Json | undefined): boolean => typeof value === 'string' && value.startsWith(PREFIX);
