import type { Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { call, type Mparticle, workspace } from './src/mparticle.ts';
import {
  type Bed,
  EVENTS,
  frozenDevice,
  IDENTITY,
  log,
  real,
  type SentBatch,
  type Strategy,
  startBed,
  type Visit,
  watchBatches,
} from './src/mparticle-bed.ts';
import { until } from './src/until.ts';

declare const mParticle: Mparticle;

let bed: Bed;
beforeAll(async () => {
  bed = await startBed();
});
afterAll(() => bed?.close());
afterEach(() => bed.leave());

/** Where a login makes another profile, so that one upload may hold batches of two. */
const link: Strategy = 'mparticle-link';
const { publicKey } = workspace(link);
let serial = 0;
const customer = () => `B${++serial}-${process.pid}`;
/** How often the SDK sends, as our settings tell it, ms. */
const INTERVAL = 5_000;
const cors = { 'access-control-allow-origin': '*' };

/** A page whose first batch is sent and whose clock stands still, and every batch it sends from then on. */
async function settled(): Promise<Visit & { readonly sent: readonly SentBatch[] }> {
  const device = await bed.visit(link, {}, await frozenDevice(bed.browser));
  const first = watchBatches(device);
  await until(
    () => device.page.clock.runFor(INTERVAL),
    () => first[0]?.status === 202,
  );
  return { ...device, sent: watchBatches(device) };
}
const names = (sent: readonly SentBatch[]) => sent.map((one) => one.names);
/** Lets intervals pass until what was sent is `wanted`. */
const sentUntil = ({ page }: Visit, sent: readonly SentBatch[], wanted: (sent: readonly SentBatch[]) => boolean) =>
  until(async () => {
    await page.clock.runFor(INTERVAL);
    return sent;
  }, wanted);
const eventsOf = async (mpid: string) => {
  const person = await bed.project(link).person('mpid', mpid);
  return person === undefined ? [] : (await bed.project(link).events(person.id)).map(({ name }) => name);
};

describe('@mparticle/web-sdk, unmodified: what becomes of a batch', () => {
  it('202: sent once', async () => {
    const device = await settled();
    await log(device, 'Once');
    await until(
      async () => device.sent[0]?.status,
      (status) => status === 202,
    );
    await device.page.evaluate(() => mParticle.logEvent('Later'));
    await sentUntil(device, device.sent, (sent) => sent.some((one) => one.names.includes('Later')));
    expect(names(device.sent)).toEqual([['Once'], ['Later']]);
    expect(real(device.troubles)).toEqual([]);
  });

  it.each<[string, (route: Route) => Promise<void>]>([
    ...[429, 503].map((status): [string, (route: Route) => Promise<void>] => [
      String(status),
      (route) => route.fulfill({ status, headers: { ...cors, 'retry-after': '3600' } }),
    ]),
    ['a broken connection', (route) => route.abort('connectionreset')],
    // It throws here, and would go on for ever: so the server never answers a page's batch with 400 (D13).
    ['400', (route) => route.fulfill({ status: 400, headers: cors })],
  ])('%s: every interval again under the same source_request_id, in order, and counted once', async (_what, answer) => {
    const device = await settled();
    const before = await bed.project(link).stats();
    let isTaken = true;
    await device.context.route(EVENTS, async (route) => {
      // The server has it, the first time; but the page hears otherwise.
      if (isTaken) await route.fetch();
      isTaken = false;
      await answer(route);
    });
    const c = customer();
    await device.page.evaluate(() => mParticle.logEvent('First'));
    await sentUntil(device, device.sent, (sent) => sent.length >= 1);
    const allFailed = () =>
      until(
        async () =>
          device.troubles.filter((one) => /HTTP error status \d+ received|Error sending event/.test(one)).length,
        (count) => count === device.sent.length,
      );
    // Nothing is on its way while the user changes, so all that waits is one upload.
    await allFailed();
    const login = await call(device.page, 'login', { customerid: c });
    await sentUntil(device, device.sent, (sent) => sent.length >= 3);
    // Nor while the route is let go: what the browser holds there would reach the server after all.
    await allFailed();
    // Only the first of those that wait is tried while it fails.
    expect(new Set(device.sent.map(({ id }) => id)).size).toBe(1);
    const failed = device.sent.length;

    await device.context.unroute(EVENTS);
    await sentUntil(device, device.sent, (sent) => sent.slice(failed).filter((one) => one.status === 202).length >= 2);
    await log(device, 'Later');
    await bed.timeline(link, String(login.mpid), 'Later');
    const sent = device.sent.slice(
      device.sent.findLastIndex(({ status }) => status !== 202 && status !== undefined) + 1,
    );
    expect(names(sent)).toEqual([['First'], ['user_identity_change'], ['Later']]);
    expect(sent[0]?.id).toBe(device.sent[0]?.id);
    expect((await eventsOf(String(device.told.mpid))).filter((name) => name === 'First')).toEqual(['First']);
    const after = await bed.project(link).stats();
    expect(after.events - before.events).toBe(2);
    // The login, the change it made, and the two events; and the batch the server had already.
    expect(after.applied - before.applied).toBe(4);
    expect(after.duplicate - before.duplicate).toBe(1);
  });

  it.each<[string, (route: Route) => Promise<void>, object?]>([
    ['401', (route) => route.fulfill({ status: 401, headers: cors })],
    ['404', (route) => route.fulfill({ status: 404, headers: cors })],
    // The server's own answers: it must let the page read them, or the SDK would send for ever.
    ['403', (route) => route.continue({ url: route.request().url().replace(publicKey, 'no-such-key') })],
    ['413', (route) => route.continue(), { large: 'x'.repeat(300_000) }],
  ])(
    '%s: everything that waits in that upload is dropped, and the next goes through',
    async (status, answer, attributes = {}) => {
      const device = await settled();
      await device.context.route(EVENTS, answer);
      await device.page.evaluate((more) => mParticle.logEvent('First', 1, more), attributes);
      // The change of user sends at once: a batch of the old one, and one of the new.
      const login = await call(device.page, 'login', { customerid: customer() });
      await until(
        async () => device.troubles,
        (troubles) => troubles.some((one) => one.includes(`HTTP error status ${status} while uploading`)),
      );
      expect(device.sent).toMatchObject([{ names: ['First'], status: Number(status) }]);
      await device.context.unroute(EVENTS);
      await device.page.evaluate(() => mParticle.logEvent('Later'));
      await sentUntil(device, device.sent, (sent) => sent.some((one) => one.names.includes('Later')));
      await bed.timeline(link, String(login.mpid), 'Later');
      expect(names(device.sent)).toEqual([['First'], ['Later']]);
      expect(await eventsOf(String(device.told.mpid))).not.toContain('First');
    },
  );

  it('a batch the server can make nothing of is answered 202, done with, and shown as rejected (D13)', async () => {
    const device = await settled();
    const { rejected } = await bed.project(link).stats();
    await device.context.route(EVENTS, (route) => route.continue({ postData: '{"events":[{"event_type":' }));
    await log(device, 'Broken');
    await until(
      async () => device.sent[0]?.status,
      (status) => status === 202,
    );
    await device.context.unroute(EVENTS);
    await device.page.evaluate(() => mParticle.logEvent('Later'));
    await sentUntil(device, device.sent, (sent) => sent.some((one) => one.names.includes('Later')));
    expect(names(device.sent)).toEqual([['Broken'], ['Later']]);
    expect((await bed.project(link).stats()).rejected).toBe(rejected + 1);
    expect(await bed.timeline(link, String(device.told.mpid), 'Later')).not.toContain('Broken');
  });
});

describe('@mparticle/web-sdk, unmodified: whose an event is', () => {
  it('what is logged before the first answer is the first user’s; during a login it is still the old user’s', async () => {
    const device = await bed.load(await frozenDevice(bed.browser));
    const release: (() => void)[] = [];
    await device.context.route(IDENTITY, async (route) => {
      await new Promise<void>((resolve) => release.push(resolve));
      await route.continue();
    });
    const letGo = async () => {
      await until(
        async () => release.length,
        (count) => count > 0,
      );
      release.pop()?.();
    };
    const started = device.page.evaluate(
      ([key, given]) =>
        new Promise<string | undefined>((resolve) => {
          mParticle.init(key as string, {
            ...(given as object),
            identityCallback: () => resolve(mParticle.Identity.getCurrentUser()?.getMPID()),
          });
          mParticle.logEvent('Before the first answer');
        }),
      [publicKey, bed.config()] as const,
    );
    await letGo();
    const first = String(await started);
    const login = call(device.page, 'login', { customerid: customer() });
    await device.page.evaluate(() => mParticle.logEvent('During the login'));
    await letGo();
    const { mpid } = await login;
    expect(mpid).not.toBe(first);
    await log(device, 'After the login');
    expect(await bed.timeline(link, String(mpid), 'After the login')).not.toContain('During the login');
    expect(await bed.timeline(link, first, 'During the login')).toContain('Before the first answer');
  });
});
