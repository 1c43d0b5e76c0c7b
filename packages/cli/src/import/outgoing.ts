import { createHash } from 'node:crypto';
import { isPlaceholder } from '@selfsame/identity';

/** A JSON object of a file. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where an item goes: our own wire (`public`: by the public key), or the wire it was written for, where that wire's own rules matter. */
export type Route = 'batch' | 'public' | 'import' | 'engage' | 'groups' | 'segment' | 'mparticle';

/** One item as it stood in a file. */
export interface Source {
  /** Its place, from 1. */
  readonly number: number;
  readonly value: unknown;
}

/** One item, ready to be sent. */
export interface Outgoing {
  readonly route: Route;
  /** The item as JSON. */
  readonly json: string;
  readonly source: Source;
}

/** What cannot be read, in words that follow "item 3:". */
export class Unreadable extends Error {}

/**
 * An insert id made of an item and its place in the file, so that a second run of the same file has no second effect
 * (G4), and an equal item at another place has. `part` tells the items apart that one line makes.
 */
export const madeInsertId = (value: unknown, number: number, part = ''): string =>
  hash(`${number}\n${part}${JSON.stringify(value)}`);

/** An insert id of another system in the form we keep: as it is, or one made of it where it has other characters. */
export function keptInsertId(sent: unknown, form: RegExp = /^[\x20-\x7e]{1,128}$/): string | undefined {
  if (sent === undefined || sent === null) return undefined;
  const text = typeof sent === 'object' ? JSON.stringify(sent) : String(sent);
  // Items that all say `undefined` are not one.
  if (isPlaceholder(text)) return undefined;
  return typeof sent !== 'object' && form.test(text) ? text : hash(text);
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
