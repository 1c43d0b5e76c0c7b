import type { Access } from '../protocol.ts';
import type { EndpointName } from './endpoints.ts';

/** A project's `wires.spid`, with what it leaves open filled in. */
export interface SpidSettings {
  /** How old or how far ahead signed traits may be, s; null: any age (S7). */
  readonly tMaxAgeSeconds: number | null;
  /** REST answers are signed. */
  readonly signedResponses: boolean;
  /** How long a login lasts, s; after it the user is remembered, and logged in again when the SDK asks for that. */
  readonly sessionSeconds: number;
  /** Cookie domain for the SDK's own session cookie, or nothing. */
  readonly domain: string;
  /** Where `/oauth/authorize` may send a user with a code; these addresses and no others. */
  readonly redirectUris: readonly string[];
  /** The origins that may ask who is logged in; null: those of `redirectUris`, and without these every page. */
  readonly origins: readonly string[] | null;
  /** The scopes a token may be asked for, each with the endpoints it opens; null: nobody asks for scopes. */
  readonly scopes: Readonly<Record<string, readonly EndpointName[]>> | null;
  /** The networks the REST API is open to, as `192.0.2.7` or `192.0.2.0/24`; null: all. */
  readonly addresses: readonly string[] | null;
  /** REST requests in an hour; null: as many as come. */
  readonly requestsPerHour: number | null;
  /** The endpoints that this client may use; null: all. */
  readonly endpoints: readonly EndpointName[] | null;
  /** The REST API knows only users with a connection to this client. */
  readonly connectedUsersOnly: boolean;
}

const defaults: SpidSettings = {
  tMaxAgeSeconds: 24 * 3600,
  signedResponses: false,
  sessionSeconds: 7200,
  domain: '',
  redirectUris: [],
  origins: null,
  scopes: null,
  addresses: null,
  requestsPerHour: null,
  endpoints: null,
  connectedUsersOnly: false,
};

/** A project's settings, checked when the server started, over our defaults: a day for `t`, two hours for a session. */
export const settingsOf = ({ settings }: Access): SpidSettings => ({
  ...defaults,
  ...(settings as Partial<SpidSettings>),
});
