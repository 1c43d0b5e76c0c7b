import { SESSION } from './accounts.js';
import { recall, remember } from './storage.js';

/** All that the shop tells a library: Selfsame's own, or a vendor's. The visitor chooses; each has a file of its own. */

/** An ad blocker may stop the library; the shop goes on without it after this long, ms. */
const PATIENCE = 3_000;
const CHOICE = 'shop-library';
const files = {
  Selfsame: './selfsame-library.js',
  Mixpanel: './mixpanel-library.js',
  mParticle: './mparticle-library.js',
  'Crownpeak XO': './xo-library.js',
  SPiD: './spid-library.js',
  Segment: './segment-library.js',
};

/** Goes on with another library. */
export function chooseLibrary(name) {
  remember(CHOICE, name);
  location.reload();
}

/** `{ token, trackerKey, apiHost, projectId }`, or null where no server offers one. */
export const config = await fetch('config.json')
  .then((answer) => (answer.ok ? answer.json() : null))
  .catch(() => null);

/** XO's wants a key of its own form, which a project may be without. */
export const libraries = Object.keys(files).filter((name) => name !== 'Crownpeak XO' || config?.trackerKey);
export const chosenLibrary = () => (libraries.includes(recall(CHOICE, '')) ? recall(CHOICE, '') : 'Selfsame');

const library = config === null ? Promise.resolve(null) : Promise.race([start().catch(() => null), wait(PATIENCE)]);

async function start() {
  const here = await (await import(files[chosenLibrary()])).start(config);
  here?.here?.(recall(SESSION, null));
  return here;
}

/** Something happened on the page. Answers once the library has it in its queue, which outlives the page. */
export const track = async (name, properties = {}) => (await library)?.track(name, properties);

/** A customer signed up: says who this device is now, what they are called, and the event that proves it. */
export async function signedUp(customer) {
  await (await library)?.signedUp(customer);
  await settled();
}

export async function loggedIn(customer) {
  await (await library)?.loggedIn(customer);
  await settled();
}

/** Logged out. With `reset` the library is told that the customer left, as its vendor advises. */
export async function loggedOut({ reset }) {
  const here = await library;
  await here?.track('Logged Out', {});
  // Let the event leave with the old ids first.
  await settled();
  if (reset) await here?.loggedOut();
}

/** The ids the next event will carry, by the vendor's names; null when there is no library. */
export const ids = async () => (await library)?.ids() ?? null;

/** Waits until everything queued so far is on its way; the queue also survives a page that is left earlier. */
export const settled = () => wait(700);

function wait(ms) {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms));
}
