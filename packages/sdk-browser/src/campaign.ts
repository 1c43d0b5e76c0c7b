import type { Plugin } from './api.ts';
import { attempt } from './store.ts';
import type { Properties } from './wire.ts';

const UTM = ['source', 'medium', 'campaign', 'term', 'content', 'id'].map((one) => `utm_${one}`);
const CLICK_IDS = ['gclid', 'gbraid', 'wbraid', 'dclid', 'fbclid', 'msclkid', 'ttclid', 'twclid', 'li_fat_id', 'sccid'];

/** What an address says of how somebody came: `utm_…`, click ids, and the site before if it is another. */
export function campaignOf(address: URL, referrer: string): Properties {
  const said = [...UTM, ...CLICK_IDS].flatMap((name): [string, string][] => {
    const value = address.searchParams.get(name);
    return value ? [[name, value.slice(0, 255)]] : [];
  });
  const from = attempt(() => new URL(referrer).hostname, '');
  return Object.fromEntries(from && from !== address.hostname ? [...said, ['referring_domain', from]] : said);
}

/**
 * Writes how a visitor came on the events of the page they landed on, and the first way ever, which is kept, on every
 * event as `initial_…`.
 */
export const campaign =
  (): Plugin =>
  (client, { onItem }) => {
    const now = campaignOf(new URL(location.href), document.referrer);
    const first = Object.keys(now).length > 0 ? now : { referring_domain: '$direct' };
    // A visitor who is known already had a first touch, even if it said nothing.
    if (!Object.keys(client.getUser().properties).some((name) => name.startsWith('initial_')))
      client.registerOnce(Object.fromEntries(Object.entries(first).map(([name, value]) => [`initial_${name}`, value])));
    onItem((item) =>
      item.type === 'track' || item.type === 'page' ? { ...item, properties: { ...now, ...item.properties } } : item,
    );
  };
