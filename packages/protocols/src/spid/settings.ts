import type { Access } from '../protocol.ts';

/** A project's `wires.spid`, with what it leaves open filled in. */
export interface SpidSettings {
  /** How old or how far ahead signed traits may be, s; null: any age (S7). */
  readonly tMaxAgeSeconds: number | null;
  /** REST answers are signed (sheet §6). */
  readonly signedResponses: boolean;
  /** How long a login lasts, s; after it the user is remembered, and logged in again when the SDK asks for that. */
  readonly sessionSeconds: number;
  /** Cookie domain for the SDK's own session cookie, or nothing. */
  readonly domain: string;
}

/** A project's settings with our defaults: a day for `t`, two hours for a session. */
export function settingsOf({ settings }: Access): SpidSettings {
  const { tMaxAgeSeconds, signedResponses, sessionSeconds, domain } = settings;
  return {
    tMaxAgeSeconds: tMaxAgeSeconds === null || typeof tMaxAgeSeconds === 'number' ? tMaxAgeSeconds : 24 * 3600,
    signedResponses: signedResponses === true,
    sessionSeconds: typeof sessionSeconds === 'number' ? sessionSeconds : 7200,
    domain: typeof domain === 'string' ? domain : '',
  };
}
