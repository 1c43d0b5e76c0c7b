import { spidProfile } from '@selfsame/identity';
import type { Access } from '../protocol.ts';
import type { Setting, WireSettings } from '../setting.ts';
import type { Wire } from '../wire.ts';
import { type EndpointName, endpointNames } from './endpoints.ts';

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

const endpoints: Setting = { is: 'list', of: { is: 'one of', of: endpointNames } };

/** How each is written in the settings file. */
export const settings: WireSettings = {
  tMaxAgeSeconds: { is: 'whole number', orNull: true },
  signedResponses: { is: 'yes-or-no' },
  callbackUrl: { is: 'web address' },
  sessionSeconds: { is: 'whole number' },
  domain: { is: 'text' },
  // A fragment would hide the code from the site.
  redirectUris: {
    is: 'list',
    of: {
      is: 'web address',
      fits: { test: (one) => !one.includes('#'), says: 'has a fragment; leave out # and what follows' },
    },
  },
  origins: { is: 'list', of: { is: 'origin' } },
  scopes: {
    is: 'map',
    keys: {
      is: 'text',
      fits: {
        test: (one) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(one),
        says: 'is no scope; use letters, digits, . _ - and :',
      },
    },
    values: endpoints,
  },
  addresses: { is: 'list', of: { is: 'network' } },
  requestsPerHour: {
    is: 'whole number',
    least: { value: 1, says: 'lets nothing through; leave it out to switch it off' },
  },
  endpoints,
  connectedUsersOnly: { is: 'yes-or-no' },
};

/** A project that speaks SPiD keeps its profile data to the server key, whatever its preset ([W8]). */
export const policy: NonNullable<Wire['policy']> = (preset, _settings, hasKey) =>
  hasKey ? { ...preset, protectedTraits: spidProfile } : preset;

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
