import { SESSION } from './accounts.js';
import { config, settled } from './analytics.js';
import { BASKET } from './basket.js';
import { recall, remember } from './storage.js';

/**
 * Several devices in one browser. A device is what a browser remembers: the visitor's cookie, the library's ids and
 * queues, the login and the basket. Changing devices puts that away and takes out what the other one remembered.
 */
const DEVICES = 'shop-devices';

export const names = ['Phone', 'Laptop', 'Family tablet'];

export const current = () => recall(DEVICES, { current: names[0], kept: {} }).current;

/** Goes on as another device and opens the front page there. */
export async function become(name) {
  await settled();
  const { kept } = recall(DEVICES, { kept: {} });
  const here = current();
  const memory = [...ownKeys().map((key) => [key, localStorage.getItem(key)]), [COOKIE, cookie()]];
  forget();
  for (const [key, value] of kept[name] ?? []) {
    if (key === COOKIE) setCookie(value, YEAR);
    else localStorage.setItem(key, value);
  }
  remember(DEVICES, { current: name, kept: { ...kept, [here]: memory, [name]: undefined } });
  location.assign('./');
}

/** Clears what this device remembers, as clearing cookies or a new visitor would. */
export async function startAfresh() {
  await settled();
  forget();
  location.assign('./');
}

function forget() {
  for (const key of ownKeys()) localStorage.removeItem(key);
  // The next page brings another.
  setCookie('', 0);
}

/** The visitor's cookie, which the server sets and @selfsame/browser reads; stands for it among what is put away. */
const COOKIE = `ss_${config?.token.replace(/[^\w-]/g, '_')}`;
const YEAR = 365 * 86_400;

const cookie = () =>
  document.cookie
    .split('; ')
    .find((one) => one.startsWith(`${COOKIE}=`))
    ?.slice(COOKIE.length + 1) ?? '';

function setCookie(value, seconds) {
  // biome-ignore lint/suspicious/noDocumentCookie: the other way is not in every browser.
  document.cookie = `${COOKIE}=${value}; path=/; max-age=${value === '' ? 0 : seconds}; samesite=lax`;
}

/** Of our client and its shims, of Mixpanel, mParticle, XO and Segment: ids and queues, by how their names begin. */
const LIBRARIES = ['ss.', 'mp_', '__mp', 'mprtcl', 'attraqt', 'ajs_', 'persisted-queue'];

function ownKeys() {
  return Object.keys(localStorage).filter(
    (key) => LIBRARIES.some((start) => key.startsWith(start)) || key === SESSION || key === BASKET,
  );
}
