import type { Browser, BrowserContext, Request } from 'playwright-core';
import { type Device, launchBrowser, newDevice } from './browser.ts';
import { init, type Mparticle, type Told, workspace } from './mparticle.ts';
import { mparticleScript, type Pages, startPages } from './pages.ts';
import { type ProjectApi, type Selfsame, startSelfsame } from './selfsame.ts';
import { until } from './until.ts';

declare const mParticle: Mparticle;

export const strategies = [
  'mparticle-default',
  'mparticle-conversion',
  'mparticle-link',
  'mparticle-isolation',
  'mparticle-best-match',
] as const;
export type Strategy = (typeof strategies)[number];

/** A name of the customer's own for us, as he would give to `domain`. */
export const OWN_HOST = 'mp.shop.test';
/** The vendor's hosts, for pages that change nothing (way 4). */
const vendorHosts = ['jssdkcdns.mparticle.com', 'identity.mparticle.com', 'jssdks.mparticle.com'];

/** A page on which the SDK has started, and what its identity callback was told. */
export type Visit = Device & { readonly told: Told };

/** A shop's pages with the SDK as published, and a server with a workspace a strategy. */
export interface Bed {
  readonly browser: Browser;
  readonly pages: Pages;
  readonly selfsame: Selfsame;
  /** What the native API says of the workspace under a strategy. */
  project(strategy: Strategy): ProjectApi;
  /** One key in the page's code: the answer of this address names all the others (way 3). */
  config(): { readonly isDevelopmentMode: true; readonly configUrl: string };
  /** Opens the empty page; on a fresh device if none is given. */
  open(device?: Device): Promise<Device>;
  /** Opens the page with the SDK on it, not started. */
  load(device?: Device): Promise<Device>;
  /** Opens the page and starts the SDK. */
  visit(strategy: Strategy, given?: object, device?: Device): Promise<Visit>;
  /** The names on the timeline of a profile, sorted, once `wanted` is among them. */
  timeline(strategy: Strategy, mpid: string, wanted: string): Promise<string[]>;
  /** Ends every device's visit. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

/** @param scripts of the pages; absent: the web SDK that is installed, as `/sdk.js` */
export async function startBed(
  scripts: Readonly<Record<string, Uint8Array>> = { '/sdk.js': mparticleScript() },
): Promise<Bed> {
  const pages = await startPages(scripts);
  const selfsame = await startSelfsame(
    { preset: 'selfsame' },
    {
      tls: true,
      projects: strategies.map((one) => workspace(one, { aliasDelaySeconds: 0 })),
      hosts: { '*.mparticle.com': 'mparticle', [OWN_HOST]: 'mparticle' },
    },
  );
  const address = new URL(selfsame.url).host;
  const browser = await launchBrowser(Object.fromEntries([...vendorHosts, OWN_HOST].map((name) => [name, address])));
  const contexts = new Set<BrowserContext>();

  const project = (strategy: Strategy) => selfsame.as(workspace(strategy).serverKey);
  const config = () => ({ isDevelopmentMode: true, configUrl: `${address}/mparticle/tags/JS/v2/` }) as const;
  const open = async (device?: Device) => {
    const mine = device ?? (await newDevice(browser));
    contexts.add(mine.context);
    await mine.page.goto(pages.url);
    return mine;
  };
  const load = async (device?: Device) => {
    const mine = await open(device);
    await mine.page.addScriptTag({ url: '/sdk.js' });
    return mine;
  };
  const leave = async () => {
    for (const context of contexts) await context.close();
    contexts.clear();
  };
  return {
    browser,
    pages,
    selfsame,
    project,
    config,
    open,
    load,
    async visit(strategy, given = {}, device) {
      const mine = await load(device);
      const told = await init(mine.page, workspace(strategy).publicKey, { ...config(), ...given });
      return { ...mine, told };
    },
    async timeline(strategy, mpid, wanted) {
      const api = project(strategy);
      return await until(
        async () => {
          const person = await api.person('mpid', mpid);
          return person === undefined ? [] : (await api.events(person.id)).map((event) => event.name).sort();
        },
        (names) => names.includes(wanted),
      );
    },
    leave,
    async close() {
      await browser.close();
      await selfsame.dispose();
      await pages.close();
    },
  };
}

/** Logs an event and sends what waits. */
export const log = ({ page }: Pick<Device, 'page'>, name: string, attributes: object = {}) =>
  page.evaluate(
    ([event, more]) => {
      mParticle.logEvent(event as string, 1, more as object);
      mParticle.upload();
    },
    [name, attributes] as const,
  );

/** Without what is none: the SDK never reads the empty body of a 202, and Chromium calls that request aborted. */
export const real = (troubles: readonly string[]) =>
  troubles.filter((one) => !/^failed: POST \S+\/(events|Alias) net::ERR_ABORTED$/.test(one));

/** The addresses of the identity calls, of events and of aliases. */
export const IDENTITY = /\/identity\/v1\/(identify|login|logout|\d+\/modify)$/;
export const EVENTS = /\/v3\/JS\/[^/]+\/events$/;
export const ALIAS = /\/Alias$/;

/** A device whose clock stands still: what the SDK does by timer happens when the test moves it. */
export async function frozenDevice(browser: Browser): Promise<Device> {
  const device = await newDevice(browser);
  const now = Date.now();
  await device.page.clock.install({ time: now - 120_000 });
  await device.page.clock.pauseAt(now - 60_000);
  return device;
}

/** A batch as it left a page. `status` is what the page was told: undefined until then, 0 when the connection broke. */
export interface SentBatch {
  readonly id: string;
  readonly mpid: string;
  readonly names: readonly string[];
  readonly status: number | undefined;
}

/** Every batch that leaves the device from now on, in order, but for beacons. */
export function watchBatches({ context }: Pick<Device, 'context'>): readonly SentBatch[] {
  const sent: SentBatch[] = [];
  const places = new Map<Request, number>();
  context.on('request', (request) => {
    const body = EVENTS.test(request.url()) ? (request.postDataJSON() as BatchBody | null) : null;
    // The browser does not show what a beacon holds.
    if (body === null) return;
    const { source_request_id: id, mpid, events } = body;
    const names = events.map(({ event_type, data }) => data.event_name ?? event_type);
    places.set(request, sent.push({ id, mpid, names, status: undefined }) - 1);
  });
  const tell = (request: Request, status: number) => {
    const place = places.get(request);
    const batch = place === undefined ? undefined : sent[place];
    if (batch !== undefined && batch.status === undefined) sent[place as number] = { ...batch, status };
  };
  context.on('response', (response) => tell(response.request(), response.status()));
  context.on('requestfailed', (request) => tell(request, 0));
  return sent;
}
interface BatchBody {
  readonly source_request_id: string;
  readonly mpid: string;
  readonly events: readonly { readonly event_type: string; readonly data: { readonly event_name?: string } }[];
}
