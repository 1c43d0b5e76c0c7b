import type { Plugin } from './api.ts';
import type { Ids } from './wire.ts';

export interface HandoverOptions {
  /** Hosts of the other sites, with their sub-domains: `shop.example`. */
  readonly domains: readonly string[];
  /** Asks your backend to sign who this is: `signIdentity(ids, signingSecret)` of the Node client. Good for five minutes. */
  readonly sign: (ids: Ids) => Promise<string>;
  /** Name of the link's parameter; default `ss_from`. */
  readonly parameter?: string;
}

/** ms; a signature is asked for again after so long. The server takes one for five minutes. */
const FRESH = 240_000;

/** Is it a link to one of these hosts, from another? */
export const leadsTo = (url: URL, domains: readonly string[], here: string): boolean =>
  url.hostname !== here && domains.some((one) => url.hostname === one || url.hostname.endsWith(`.${one}`));

/** The device a signed text speaks of; the server says whether it is true. */
export function deviceIn(signed: string): string | undefined {
  try {
    const text = atob((signed.split('.')[1] as string).replaceAll('-', '+').replaceAll('_', '/'));
    const { ids } = JSON.parse(text) as { ids: { device?: unknown } };
    return typeof ids.device === 'string' ? ids.device : undefined;
  } catch {
    return undefined;
  }
}

/**
 * One visitor on several sites: links to the others carry who this is, signed and short-lived, and a site that is reached
 * by one takes the visitor over once the server has found the signature good.
 */
export const handover =
  ({ domains, sign, parameter = 'ss_from' }: HandoverOptions): Plugin =>
  (client, { page }) => {
    const here = new URL(location.href);
    const signed = here.searchParams.get(parameter);
    if (signed !== null) {
      here.searchParams.delete(parameter);
      // A copied address must not make two people one.
      history.replaceState(history.state, '', here);
      const device = deviceIn(signed);
      if (device && !client.getUser().isKnown)
        void client.say({ type: 'identify', ids: {}, signed }, ({ status }) => {
          if (status === 'applied') void client.identify({ device });
        });
    }

    let token: { readonly text: string; readonly at: number } | undefined;
    let asking = false;
    const linkOf = (event: Event) => {
      const link = (event.target as Element | null)?.closest?.('a');
      return link?.href && leadsTo(new URL(link.href), domains, location.hostname) ? link : undefined;
    };
    // Asked for when a visitor reaches for a link, so that it is there when they click.
    const prepare = (event: Event) => {
      if (asking || !linkOf(event) || (token && page.now() - token.at < FRESH)) return;
      asking = true;
      sign({ device: client.getUser().device })
        .then((text) => {
          token = { text, at: page.now() };
        })
        .catch(() => {})
        .finally(() => {
          asking = false;
        });
    };
    for (const moment of ['pointerover', 'focusin', 'touchstart']) addEventListener(moment, prepare, { passive: true });
    addEventListener(
      'click',
      (event) => {
        const link = linkOf(event);
        if (!link || !token || page.now() - token.at >= FRESH || client.consent() !== 'granted') return;
        const url = new URL(link.href);
        url.searchParams.set(parameter, token.text);
        link.href = url.href;
      },
      true,
    );
  };
