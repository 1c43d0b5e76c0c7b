import type { RateHeaders, RateLimited } from '../protocol.ts';

/** The vendor's names of limits: a key is its app's (or feed's), a project is a workspace. */
const names: Readonly<Record<RateLimited, string>> = {
  address: 'system',
  'public-key': 'app',
  'server-key': 'app',
  project: 'workspace',
};

/** What backends slow down by: the limit they met, in quotes as documented, or the percentage used. */
export const rates: RateHeaders = {
  exceeded: (whose) => ({ 'x-mp-rate-limit-exceeded': `"${names[whose]}"` }),
  used: (part) => ({ 'x-mp-rate-limit-percentage-used': String(Math.round(100 * part)) }),
};
