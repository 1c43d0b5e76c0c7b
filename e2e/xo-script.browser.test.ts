import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './src/browser.ts';
import { type Pages, startPages, xoScript } from './src/pages.ts';
import { type Selfsame, startSelfsame, TRACKER_KEY } from './src/selfsame.ts';
import type { Xo } from './src/xo.ts';

declare const xo: Xo;
declare const attraqt: Xo;
declare const _attraqt: unknown;

let browser: Browser;
let pages: Pages;
let selfsame: Selfsame;
/** A page for the original and one for ours. */
let theirs: Page;
let ours: Page;

beforeAll(async () => {
  selfsame = await startSelfsame({ preset: 'xo' });
  const script = await (await fetch(`${selfsame.url}/xo/xo.js`)).text();
  pages = await startPages({ '/theirs.js': await xoScript(), '/ours.js': script });
  browser = await launchBrowser({ 'collect-dev.attraqt.io': new URL(selfsame.url).host });
  theirs = await (await browser.newContext()).newPage();
  ours = await (await browser.newContext()).newPage();
});
afterAll(async () => {
  await browser.close();
  await selfsame.dispose();
  await pages.close();
});

type Call = readonly [method: string, ...args: unknown[]];

interface Row {
  readonly calls: readonly Call[];
  /** What the page had queued before the script came. */
  readonly queue?: readonly Call[];
  readonly stored?: Readonly<Record<string, string>>;
  readonly doNotTrack?: true;
}

/** Everything one can see of a run: results, requests, what is stored. UUIDs are numbered as they appear. */
async function run(page: Page, script: string, { calls, queue, stored = {}, doNotTrack }: Row): Promise<unknown> {
  const requests: unknown[] = [];
  const record = (request: Request) => {
    if (request.method() !== 'POST') return;
    const { 'content-type': type, 'x-sdk': sdk, referer } = request.headers();
    requests.push({ url: request.url(), type, sdk, referer, body: request.postData() });
  };
  await page.goto(pages.url);
  await page.evaluate(
    ([entries, queued, quiet]) => {
      localStorage.clear();
      for (const [name, value] of Object.entries(entries)) localStorage.setItem(name, value);
      if (queued !== undefined) Object.assign(globalThis, { _attraqt: queued });
      if (quiet) Object.defineProperty(navigator, 'doNotTrack', { value: '1' });
    },
    [stored, queue, doNotTrack] as const,
  );
  page.on('request', record);
  await page.addScriptTag({ url: script }).catch(() => {});
  const seen = await page.evaluate(async (list: readonly Call[]) => {
    const results: unknown[] = [];
    for (const [method, ...args] of list) {
      try {
        const result =
          method === 'xo.init'
            ? xo.init(args[0] as object)
            : await (xo.activity as unknown as Record<string, (...all: unknown[]) => unknown>)[method]?.(...args);
        results.push(result === undefined ? 'done' : result);
      } catch (error) {
        results.push(`${(error as Error).name}: ${(error as Error).message}`);
      }
    }
    return {
      results,
      initialized: xo.activity.isInitialized,
      optedOut: xo.activity.hasOptedOut === true,
      session: localStorage.getItem('attraqtsessionid'),
      optOut: localStorage.getItem('attraqtoptout'),
      queue: typeof _attraqt === 'undefined' ? undefined : _attraqt,
    };
  }, calls);
  // What a queue sent has no one waiting for it.
  if (queue !== undefined) await page.waitForLoadState('networkidle');
  page.off('request', record);
  const uuids: string[] = [];
  const text = JSON.stringify({ ...(seen as object), requests }, (_key, value) => value ?? null).replace(
    /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g,
    (uuid) => {
      if (uuid === TRACKER_KEY) return uuid;
      if (!uuids.includes(uuid)) uuids.push(uuid);
      return `<uuid ${uuids.indexOf(uuid) + 1}>`;
    },
  );
  return JSON.parse(text);
}
const runOurs = (row: Row) => run(ours, '/ours.js', row);
const runTheirs = (row: Row) => run(theirs, '/theirs.js', row);

const init: Call = ['xo.init', { activity: { trackerKey: TRACKER_KEY, region: 'dev' } }];
const view = { action: 'view', target: { product: '123' } };
const send: Call = ['send', view];
const after = (...calls: readonly Call[]): Row => ({ calls: [init, ...calls, send] });
const invalid = (...activities: readonly unknown[]): Row => ({
  calls: [init, ...activities.map((one): Call => ['send', one])],
});
const stored = { attraqtsessionid: '37672f27-9766-46b7-8cd4-30876ad2a527' };

describe('our xo.js does what @attraqt/xo-js does', () => {
  it('the original is really there to compare with', async () => {
    expect(await runTheirs({ ...after(), stored })).toMatchObject({
      results: ['done', { status: 200, body: '{"profiles":{}}' }],
      session: '<uuid 1>',
      requests: [{ url: `http://collect-dev.attraqt.io/${TRACKER_KEY}`, type: 'application/json', sdk: '1' }],
    });
  });

  it.each<[string, Row]>([
    [
      'before init',
      {
        calls: [
          send,
          ['setUser', { identities: { a: 'b' } }],
          ['addUserIdentity', 'a', 'b'],
          ['setUserIdentities', { a: 'b' }],
          ['addUserSegment', 'a'],
          ['setUserSegments', ['a']],
          ['addUserTrait', 'a', 'b'],
          ['setUserTraits', {}],
          ['clearUser'],
          ['optOut'],
          ['optIn'],
        ],
      },
    ],
    [
      'init without a key',
      { calls: [['xo.init', { activity: {} }], ['xo.init', {}], ['xo.init'], ['init', { region: 'eu' }]] },
    ],
    ['init makes a session', { calls: [init] }],
    ['init keeps a session', { calls: [init, send], stored }],
    [
      'init has a region in any case',
      { calls: [['xo.init', { activity: { trackerKey: TRACKER_KEY, region: 'DEV' } }], send] },
    ],
    ['init reads the opt-out', { calls: [init, send, ['optIn'], send], stored: { attraqtoptout: 'true' } }],
    ['send of one, of several, of none', after(['send', [view, { ...view, action: 'click' }]], ['send', []])],
    [
      'send of everything',
      after([
        'send',
        {
          ...view,
          sourceId: 's',
          metadata: {
            price: 9990,
            quantity: 1,
            currency: 'EUR',
            orderId: 'o',
            market: 'fr',
            sale: true,
            list: [1, { a: null }],
          },
          segments: ['a'],
          opposite: true,
          timestamp: '2023-11-01T10:00:00Z',
        },
      ]),
    ],
    ['send takes a user as it is', after(['send', { ...view, user: { identities: { sessionId: 'x' } } }])],
    ['send lets unknown members through', after(['send', { ...view, later: { any: 1 } }])],
    [
      'send refuses what breaks the format',
      invalid(
        null,
        'view',
        {},
        { action: 'view' },
        { action: 1, target: {} },
        { action: 'view', target: { a: 1 } },
        { action: 'view', target: [] },
        { ...view, user: {} },
        { ...view, user: { identities: { a: 1 } } },
        { ...view, user: { identities: {}, segments: 'a' } },
        { ...view, user: { identities: {}, traits: [] } },
        { ...view, metadata: { price: '1' } },
        { ...view, metadata: { quantity: '1' } },
        { ...view, metadata: { currency: 1 } },
        { ...view, metadata: { a: {} } },
        { ...view, metadata: { a: null } },
        { ...view, metadata: [] },
        { ...view, segments: [1] },
        { ...view, sourceId: 1 },
        { ...view, opposite: 'a' },
        { ...view, timestamp: 1 },
        [view, {}],
      ),
    ],
    [
      'send takes odd but valid ones',
      after(
        ['send', { action: '', target: {} }],
        ['send', { ...view, sourceId: '' }],
        ['send', { ...view, metadata: {}, segments: [] }],
      ),
    ],
    [
      'addUserIdentity',
      after(
        ['addUserIdentity', 'ecommerceId', 'ann'],
        send,
        ['addUserIdentity', 'sessionId', 'mine'],
        ['addUserIdentity', 'a', 1],
        ['addUserIdentity', 1, 'a'],
        ['addUserIdentity', 'a'],
      ),
    ],
    [
      'setUserIdentities',
      after(['addUserIdentity', 'crmid', 'c'], ['setUserIdentities', { ecommerceid: 'ann' }], send, [
        'setUserIdentities',
        { sessionid: 'mine' },
      ]),
    ],
    [
      'setUserIdentities refuses',
      after(
        ['setUserIdentities', {}],
        ['setUserIdentities', { a: 1 }],
        ['setUserIdentities', null],
        ['setUserIdentities'],
        ['setUserIdentities', 'a'],
      ),
    ],
    [
      'segments',
      after(
        ['addUserSegment', 'a'],
        ['addUserSegment', 'a'],
        send,
        ['setUserSegments', ['b', 'c']],
        ['addUserSegment', 1],
        ['setUserSegments', 'a'],
        ['setUserSegments', [1]],
        ['setUserSegments'],
      ),
    ],
    [
      'traits',
      after(
        ['addUserTrait', 'a', 'b'],
        ['addUserTrait', 'a', 'c'],
        send,
        ['setUserTraits', { x: 1, y: [true], z: null }],
        ['addUserTrait', 'a', 45],
        ['addUserTrait', 1, 'a'],
        ['setUserTraits', null],
        ['setUserTraits', []],
        ['setUserTraits', 'a'],
      ),
    ],
    [
      'setUser',
      after(
        ['setUser', { identities: { ecommerceid: 'ann' }, segments: ['a'], traits: { b: 1 } }],
        send,
        ['setUser', null],
        ['setUser', {}],
        ['setUser', { identities: {} }],
        ['setUser', { identities: { a: 1 } }],
      ),
    ],
    [
      'clearUser',
      {
        ...after(['addUserIdentity', 'crmid', 'c'], ['addUserSegment', 'a'], ['addUserTrait', 'a', 'b'], send, [
          'clearUser',
        ]),
        stored,
      },
    ],
    ['clearUser keeps the opt-out', { ...after(['optOut'], ['clearUser']), stored }],
    ['optOut and optIn', { ...after(['optOut'], send, ['send', {}], ['optIn']), stored }],
    [
      'Do Not Track',
      { calls: [send, init, send, ['send', {}], ['addUserIdentity', 'a', 'b']], doNotTrack: true, stored },
    ],
    [
      'a queue',
      {
        calls: [send],
        stored,
        queue: [
          ['init', { trackerKey: TRACKER_KEY, region: 'dev' }],
          ['addUserIdentity', 'ecommerceid', 'ann'],
          ['setUserSegments', ['a']],
          ['send', view],
        ],
      },
    ],
    [
      'a queue with falsy arguments',
      {
        calls: [],
        stored,
        queue: [
          ['init', { trackerKey: TRACKER_KEY, region: 'dev' }],
          ['send', null, view, undefined],
        ],
      },
    ],
    ['a queue that is none', { calls: [init], stored, queue: 'nothing' as never }],
  ])('%s', async (_name, row) => expect(await runOurs(row)).toEqual(await runTheirs(row)));

  /** The same asked of their SDK and of our script, each on a page of its own with nothing in local storage. */
  async function onBoth<T>(ask: (page: Page) => Promise<T>): Promise<{ readonly theirs: T; readonly ours: T }> {
    const fresh = async (page: Page, script: string) => {
      await page.goto(pages.url);
      await page.evaluate(() => localStorage.clear());
      await page.addScriptTag({ url: script });
      return ask(page);
    };
    return { theirs: await fresh(theirs, '/theirs.js'), ours: await fresh(ours, '/ours.js') };
  }

  it('a time-out, and a client of one’s own', async () => {
    const both = await onBoth(async (page) => {
      await page.route('**/collect-dev.attraqt.io/**', () => {});
      try {
        return await page.evaluate(async (trackerKey) => {
          localStorage.setItem('attraqtsessionid', 's1');
          xo.init({ activity: { trackerKey, region: 'dev' } });
          const late = await xo.activity.send({ action: 'view', target: {} }, { timeout: 50 })?.then(
            () => 'answered',
            (error: Error) => error.name,
          );
          const got: unknown[] = [];
          xo.activity.init({ trackerKey }, { send: (request: unknown) => got.push(request) });
          xo.activity.send({ action: 'view', target: {} }, { timeout: 5, cache: 'no-store' });
          return { late, got };
        }, TRACKER_KEY);
      } finally {
        await page.unroute('**/collect-dev.attraqt.io/**');
      }
    });
    expect(both.ours).toEqual(both.theirs);
    expect(both.ours).toMatchObject({ late: 'TimeoutError' });
  });

  it('a storage of one’s own', async () => {
    const both = await onBoth((page) =>
      page.evaluate((trackerKey) => {
        const kept = new Map([['attraqtsessionid', 's1']]);
        const storage = {
          getItem: (name: string) => kept.get(name) ?? null,
          setItem: (name: string, value: string) => void kept.set(name, value),
          removeItem: (name: string) => void kept.delete(name),
        };
        const client = { send: ({ body }: { body: string }) => JSON.parse(body)[0].user.identities };
        xo.activity.init({ trackerKey, storage }, client);
        const sent = xo.activity.send({ action: 'view', target: {} });
        xo.activity.addUserIdentity('sessionId', 's2');
        xo.activity.optOut();
        return { sent, kept: [...kept].sort(), local: localStorage.length };
      }, TRACKER_KEY),
    );
    expect(both.ours).toEqual(both.theirs);
    expect(both.ours).toMatchObject({ sent: { sessionid: 's1' }, local: 0 });
  });
});

describe('our xo.js differs where @attraqt/xo-js would lose something', () => {
  const sent = async (row: Row) => {
    const { results, requests, session } = (await runOurs(row)) as {
      results: unknown[];
      session: string;
      requests: { body: string }[];
    };
    return { results, session, bodies: requests.map((request) => JSON.parse(request.body)) };
  };

  it('a sessionId that is set is the session', async () => {
    const { session, bodies } = await sent({
      ...after(['setUserIdentities', { ecommerceId: 'ann', sessionId: 'mine' }]),
      stored,
    });
    expect(session).toBe('mine');
    expect(bodies[0][0].user.identities).toEqual({ ecommerceid: 'ann', sessionid: 'mine' });
  });

  it('setUser without segments or traits treats them as empty', async () => {
    const { results, session, bodies } = await sent(
      after(
        ['addUserTrait', 'a', 'b'],
        ['setUser', { identities: { sessionId: 'mine' }, segments: ['vip'] }],
        ['addUserTrait', 'c', 'd'],
      ),
    );
    expect(results.slice(0, 4)).toEqual(['done', 'done', 'done', 'done']);
    expect(session).toBe('mine');
    expect(bodies[0][0].user).toEqual({ identities: { sessionid: 'mine' }, segments: ['vip'], traits: { c: 'd' } });
  });

  it('one failing queue entry does not lose the others', async () => {
    const { bodies } = await sent({
      calls: [],
      queue: [
        ['init', { activity: { trackerKey: TRACKER_KEY, region: 'dev' } }],
        ['addUserIdentity', 'a', 1],
        ['noSuchCall'],
        ['send', {}],
        ['sendAndStoreClusters', view],
      ],
    });
    expect(bodies).toHaveLength(1);
  });

  it('takes the place of a page’s stub, does what that had queued, and what is queued later', async () => {
    await ours.goto(pages.url);
    await ours.evaluate((trackerKey) => {
      const queue: unknown[] = [];
      const names = ['init', 'send', 'setUser', 'addUserIdentity', 'addUserTrait', 'handleQueuedEvents'];
      const calls = names.map((name) => [name, (...args: unknown[]) => void queue.push([name, ...args])]);
      const stub = { init: (options: object) => queue.push(['init', options]), activity: Object.fromEntries(calls) };
      Object.assign(globalThis, { _attraqt: queue, xo: stub });
      localStorage.setItem('attraqtsessionid', 'stubbed');
      xo.init({ activity: { trackerKey, region: 'dev' } });
      xo.activity.addUserIdentity('ecommerceId', 'fay');
      xo.activity.send({ action: 'queued', target: {} });
    }, TRACKER_KEY);
    await ours.addScriptTag({ url: '/ours.js' });
    await ours.evaluate(() => {
      (_attraqt as unknown[]).push(['send', { action: 'queued later', target: {} }]);
      xo.activity.handleQueuedEvents();
      return xo.activity.send({ action: 'sent', target: {} });
    });
    await ours.waitForLoadState('networkidle');
    const person = await selfsame.person('user', 'fay');
    expect(await selfsame.person('session', 'stubbed')).toEqual(person);
    const names = (await selfsame.events(person?.id ?? '')).map(({ name }) => name);
    expect(names.sort()).toEqual(['queued', 'queued later', 'sent']);
  });

  it('storage that is forbidden ends nothing', async () => {
    await ours.goto(pages.url);
    await ours.evaluate(() =>
      Object.defineProperty(globalThis, 'localStorage', {
        get() {
          throw new DOMException('no', 'SecurityError');
        },
      }),
    );
    await ours.addScriptTag({ url: '/ours.js' });
    const [before, after] = await ours.evaluate(async (trackerKey) => {
      xo.init({ activity: { trackerKey, region: 'dev' } });
      const first = JSON.stringify(xo.activity);
      await xo.activity.send({ action: 'view', target: {} });
      return [first, JSON.stringify(xo.activity)];
    }, TRACKER_KEY);
    expect(after).toBe(before);
  });

  it('has two names, an endpoint, and survives being loaded twice', async () => {
    await ours.goto(pages.url);
    await ours.addScriptTag({ url: `${selfsame.url}/xo/xo.js` });
    const answer = await ours.evaluate(
      async ([trackerKey, endpoint]) => {
        attraqt.init({ activity: { trackerKey, endpoint } });
        attraqt.activity.setUser({ identities: { sessionId: 'twice', ecommerceId: 'eve' }, segments: ['vip'] });
        return await attraqt.activity.send({ action: 'view', target: {} });
      },
      [TRACKER_KEY, `${selfsame.url}/xo/`] as const,
    );
    expect(answer).toEqual({ status: 200, body: '{"profiles":{}}' });
    await ours.addScriptTag({ url: `${selfsame.url}/xo/xo.js` });
    await ours.evaluate(() => xo.activity.send({ action: 'click', target: {} }));
    const person = await selfsame.person('user', 'eve');
    expect(person?.segments).toEqual(['vip']);
    expect(await selfsame.person('session', 'twice')).toEqual(person);
    expect((await selfsame.events(person?.id ?? '')).map((event) => event.name)).toEqual(['view', 'click']);
  });
});
