import { BATCH_BYTES } from './queue.ts';
import type { Surroundings } from './surroundings.ts';

/** ms; a request without an answer for so long has none. */
const PATIENCE = 30_000;

/** The browser this code runs in. */
export function browserSurroundings(): Surroundings {
  return {
    storage: {
      // Named afresh each time: the mere mention throws where storage is forbidden.
      getItem: (name) => localStorage.getItem(name),
      setItem: (name, value) => localStorage.setItem(name, value),
      removeItem: (name) => localStorage.removeItem(name),
      names: () => Object.keys(localStorage),
    },
    cookies: () => document.cookie,
    setCookie: (text) => {
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is missing where pages are not secure.
      document.cookie = text;
    },
    host: location.hostname,
    async send(url, body) {
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), PATIENCE);
      try {
        const answer = await fetch(url, {
          method: 'POST',
          body,
          credentials: 'omit',
          keepalive: body.length < BATCH_BYTES,
          signal: abort.signal,
        });
        return { status: answer.status, text: await answer.text(), retryAfter: answer.headers.get('retry-after') };
      } catch {
        return { status: 0, text: '' };
      } finally {
        clearTimeout(timer);
      }
    },
    beacon: (url, body) => navigator.sendBeacon(url, body),
    now: Date.now,
    chance: Math.random,
    uuid,
    later(run, ms) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    // A frame of no origin has locks and may not use them; what it holds is in its own memory.
    alone: (name, run) => navigator.locks?.request(name, run).catch(run) ?? run(),
    // Capturing, the window hears what is fired at the document too.
    on: (moment, run) => addEventListener(moment, run, true),
    isOnline: () => navigator.onLine !== false,
    isPrerendered: () => (document as { prerendering?: boolean }).prerendering === true,
    signals: {
      dnt: navigator.doNotTrack === '1',
      gpc: (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true,
    },
  };
}

/** A random UUID, version 4, also where the page is not secure and `crypto.randomUUID` is missing. */
export const uuid = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => (byte + 256).toString(16).slice(1))
    .join('')
    // The version, and the variant with two bits of ours in it.
    .replace(/(.{8})(.{4}).(.{3}).(.{3})/, '$1-$2-4$3-a$4-');
