import { describe, expect, it } from 'vitest';
import type { Result } from '../src/api.ts';
import { createClientIn } from '../src/client.ts';
import { user } from '../src/user.ts';
import { Stage, taken } from './stage.ts';

const names = (stage: Stage) => stage.received.map((one) => one['name'] ?? one.type);

describe('sending', () => {
  it('several events go together, an identity call at once, all with the visitor’s ids', async () => {
    const stage = new Stage();
    const client = stage.tab();
    void client.track('Viewed', { product: 'cup' });
    await stage.pass(500);
    expect(stage.requests).toEqual([]);
    void client.track('Added');
    await stage.pass(600);
    expect(stage.requests.map((items) => items.length)).toEqual([2]);
    const result = client.login({ user: 'ann' });
    await stage.pass(0);
    expect((await result).status).toBe('applied');
    const { device } = client.getUser();
    expect(stage.received[0]).toMatchObject({
      type: 'track',
      name: 'Viewed',
      ids: { device },
      properties: { product: 'cup' },
    });
    expect(stage.received.at(-1)).toMatchObject({ type: 'login', ids: { device, user: 'ann' } });
    expect([...stage.kept.keys()].filter((name) => name.includes('.q.'))).toEqual([]);
  });

  it('results say what the server said, by promise and by callback, and know the user', async () => {
    const stage = new Stage();
    stage.answer = () => ({ status: 200, text: '{"results":[{"status":"rejected","reason":"no"}]}' });
    const client = stage.tab();
    const told: unknown[] = [];
    const promise = client.identify({ user: 'ann' }, ({ status, reason, getUser }) =>
      told.push([status, reason, getUser().isKnown]),
    );
    await stage.pass(10);
    expect([[(await promise).status, (await promise).reason, true]]).toEqual(told);
  });

  it('offline: everything waits, and comes once and in order when the line is back', async () => {
    const stage = new Stage();
    stage.isOnline = false;
    const client = stage.tab();
    const first = client.track('one');
    await stage.pass(2_000);
    expect(await first).toMatchObject({ status: 'queued', reason: 'offline' });
    void client.track('two');
    await stage.pass(2_000);
    expect(stage.requests).toEqual([]);
    stage.isOnline = true;
    client.fire('online');
    await stage.pass(10);
    expect(names(stage)).toEqual(['one', 'two']);
  });

  it('a reload loses nothing, and the insert id stays', async () => {
    const stage = new Stage();
    stage.answer = () => ({ status: 503, text: '' });
    const before = stage.tab();
    void before.track('one');
    await stage.pass(1_000);
    before.close();
    const [failed] = stage.requests.splice(0).flat();
    stage.answer = taken;
    stage.tab();
    await stage.pass(10_000);
    expect(stage.received).toEqual([failed]);
  });

  it('obeys Retry-After, also after a reload and in another tab; waits longer each time without one', async () => {
    const stage = new Stage();
    stage.answer = () => ({ status: 429, text: '', retryAfter: '60' });
    const client = stage.tab();
    void client.track('one');
    await stage.pass(1_000);
    expect(stage.requests).toHaveLength(1);
    client.close();
    stage.tab();
    await stage.pass(58_000);
    expect(stage.requests).toHaveLength(1);
    stage.answer = () => ({ status: 500, text: '' });
    await stage.pass(2_500);
    expect(stage.requests).toHaveLength(2);
    const counts: number[] = [];
    for (let i = 0; i < 7; i++) {
      await stage.pass(1_000);
      counts.push(stage.requests.length);
    }
    expect(counts).toEqual([3, 3, 4, 4, 4, 4, 5]);
    stage.answer = taken;
    await stage.pass(60_000);
    expect(new Set(stage.received.map((one) => one.insertId)).size).toBe(1);
  });

  it('a batch the server cannot take is halved until the one bad item is alone and given up', async () => {
    const stage = new Stage();
    stage.answer = (items) => (items.some((one) => one['name'] === 'bad') ? { status: 400, text: '' } : taken(items));
    const client = stage.tab();
    const results = ['a', 'b', 'bad', 'c', 'd'].map((name) => client.track(name));
    await stage.pass(2_000);
    expect((await Promise.all(results)).map((one) => one.status)).toEqual([
      'applied',
      'applied',
      'rejected',
      'applied',
      'applied',
    ]);
    expect([...stage.kept.keys()].filter((name) => name.includes('.q.'))).toEqual([]);
  });

  it('another address is tried when one cannot be reached, as an ad blocker does it', async () => {
    const stage = new Stage();
    stage.answer = (items, url) => (url.startsWith('https://id.test') ? { status: 0, text: '' } : taken(items));
    const client = stage.tab({ endpoint: ['https://id.test/', 'https://shop.test/we'] });
    void client.track('one');
    await stage.pass(3_000);
    expect(stage.urls).toEqual(['https://id.test/v1/batch', 'https://shop.test/we/v1/batch']);
  });

  it('the queue is bounded: the oldest events are given up, identity calls are not', async () => {
    const stage = new Stage();
    stage.isOnline = false;
    const client = stage.tab({ queueLimit: 10 });
    void client.login({ user: 'ann' });
    const results = Array.from({ length: 20 }, (_, i) => client.track(`event ${i}`));
    await stage.pass(2_000);
    expect((await Promise.all(results)).filter((one) => one.status === 'rejected')).toHaveLength(11);
    stage.isOnline = true;
    client.fire('online');
    await stage.pass(100);
    expect(names(stage)).toEqual(['login', ...Array.from({ length: 9 }, (_, i) => `event ${i + 11}`)]);
  });

  it('what no request has on its way goes by beacon when the page is left, and is sent again with the same id', async () => {
    const stage = new Stage();
    const client = stage.tab();
    void client.track('one');
    client.fire('pagehide');
    client.close();
    expect(stage.beacons.flat().map((one) => one['name'])).toEqual(['one']);
    stage.tab();
    await stage.pass(10_000);
    expect(stage.received).toEqual(stage.beacons.flat());
  });
});

describe('several tabs', () => {
  it('nothing is sent twice, and a login in one tab is known in the other', async () => {
    const stage = new Stage();
    const one = stage.tab();
    const two = stage.tab();
    void one.login({ user: 'ann' });
    await stage.pass(0);
    void two.track('in two');
    void one.track('in one');
    await stage.pass(20_000);
    expect(stage.received.map((item) => [item.type, item.ids['user']])).toEqual([
      ['login', 'ann'],
      ['track', 'ann'],
      ['track', 'ann'],
    ]);
    expect(one.getUser().device).toBe(two.getUser().device);
    void two.logout();
    expect(one.getUser().isKnown).toBe(false);
  });

  it('what a tab that is gone left behind is sent by another', async () => {
    const stage = new Stage();
    const one = stage.tab();
    void one.track('left behind');
    one.close();
    stage.tab();
    await stage.pass(4_000);
    expect(stage.requests).toEqual([]);
    await stage.pass(6_000);
    expect(names(stage)).toEqual(['left behind']);
  });
});

describe('consent', () => {
  it('ask: nothing is stored or sent before; afterwards everything of this page comes', async () => {
    const stage = new Stage();
    const client = stage.tab({ consent: 'ask' });
    expect((await client.track('one')).status).toBe('queued');
    client.register({ a: 1 });
    void client.login({ user: 'ann' });
    client.fire('pagehide');
    await stage.pass(10_000);
    expect([[...stage.kept], [...stage.cookies], stage.requests, stage.beacons]).toEqual([[], [], [], []]);
    const { device } = client.getUser();
    void client.optIn();
    await stage.pass(2_000);
    expect(names(stage)).toEqual(['one', 'login', 'consent']);
    expect(new Set(stage.received.map((one) => one.ids['device']))).toEqual(new Set([device]));
    expect([...stage.cookies]).toEqual([['ss_PUB', device]]);
    const later = stage.tab({ consent: 'ask' });
    expect(later.getUser()).toMatchObject({ device, ids: { user: 'ann' }, properties: { a: 1 } });
  });

  it('opting out drops what waits, forgets the visitor, tells the server, and holds in every tab and after a reload', async () => {
    const stage = new Stage();
    const client = stage.tab();
    const other = stage.tab();
    const { device } = client.getUser();
    const waiting = client.track('one');
    const out = client.optOut();
    await stage.pass(0);
    expect((await out).status).toBe('applied');
    expect((await waiting).status).toBe('suppressed');
    expect(stage.received).toMatchObject([{ type: 'consent', consent: 'denied', ids: { device } }]);
    expect((await other.track('two')).status).toBe('suppressed');
    other.getUser();
    other.register({ a: 1 });
    const later = stage.tab();
    later.getUser();
    void later.login({ user: 'ann' });
    await stage.pass(10_000);
    expect(stage.requests).toHaveLength(1);
    expect([...stage.kept.keys()]).toEqual(['ss-consent.PUB']);
    expect([...stage.cookies]).toEqual([]);
    void later.optIn();
    void later.track('three');
    await stage.pass(2_000);
    expect(names(stage)).toEqual(['consent', 'consent', 'three']);
    expect(later.getUser().device).not.toBe(device);
  });

  it('another tab that was there all along follows: nothing hangs, and after opting in again both are one visitor', async () => {
    const stage = new Stage();
    const one = stage.tab();
    const two = stage.tab();
    const waiting = two.track('in two');
    void one.optOut();
    await stage.pass(2_000);
    expect((await waiting).status).toBe('queued');
    two.register({ a: 1 });
    expect(two.getUser()).toMatchObject({ device: '', properties: {} });
    void one.optIn();
    void one.login({ user: 'ann' });
    await stage.pass(2_000);
    expect(two.getUser()).toEqual(one.getUser());
    void two.track('again');
    await stage.pass(10_000);
    expect(names(stage)).toEqual(['consent', 'consent', 'login', 'again']);
  });

  it.each(['dnt', 'gpc'] as const)(
    '%s counts as no where the site says so, until the visitor opts in',
    async (signal) => {
      const stage = new Stage();
      stage.signals = { ...stage.signals, [signal]: true };
      const client = stage.tab({ respect: [signal] });
      expect((await client.track('one')).status).toBe('suppressed');
      expect([...stage.kept, ...stage.cookies]).toEqual([]);
      void client.optIn();
      void client.track('two');
      await stage.pass(2_000);
      expect(names(stage)).toEqual(['consent', 'two']);
      const indifferent = new Stage();
      indifferent.signals = { dnt: true, gpc: true };
      void indifferent.tab().track('one');
      await indifferent.pass(2_000);
      expect(names(indifferent)).toEqual(['one']);
    },
  );
});

describe('a browser that does not help', () => {
  it.each(['full', 'forbidden'] as const)(
    'storage %s: the page works from memory, and nothing throws',
    async (storage) => {
      const stage = new Stage();
      stage.storage = storage;
      const client = stage.tab();
      void client.login({ user: 'ann' });
      void client.track('one');
      await stage.pass(2_000);
      expect(names(stage)).toEqual(['login', 'one']);
      expect(new Set(stage.received.map((one) => one.ids['device'])).size).toBe(1);
      void client.optOut();
      await stage.pass(0);
      expect((await client.track('two')).status).toBe('suppressed');
    },
  );

  it('storage that fills up half-way: the newer word counts', async () => {
    const stage = new Stage();
    const client = stage.tab();
    void client.login({ user: 'ann' });
    stage.storage = 'full';
    void client.login({ user: 'bob' });
    expect(client.getUser().ids).toEqual({ user: 'bob' });
  });

  it.each([-86_400_000, 86_400_000])('a clock that jumps by %i ms strands nothing (G25, G27)', async (jump) => {
    const stage = new Stage();
    stage.answer = () => ({ status: 429, text: '', retryAfter: '600' });
    const client = stage.tab();
    void client.track('one');
    await stage.pass(1_000);
    client.close();
    stage.now += jump;
    stage.answer = taken;
    stage.requests.length = 0;
    stage.tab();
    await stage.pass(10_000);
    expect(names(stage)).toEqual(['one']);
  });

  it('nothing that a page may pass throws', async () => {
    const stage = new Stage();
    const client = stage.tab() as unknown as Record<string, (...what: unknown[]) => unknown>;
    const loop: Record<string, unknown> = {};
    loop['itself'] = loop;
    const odd = [
      undefined,
      null,
      1n,
      loop,
      () => {},
      {
        get a() {
          throw new Error('no');
        },
      },
    ];
    for (const verb of [
      'track',
      'page',
      'identify',
      'login',
      'modify',
      'register',
      'unregister',
      'setTraits',
      'setSegments',
      'say',
    ])
      for (const one of odd) {
        const answer = client[verb]?.(one, one, one);
        if (answer instanceof Promise) void answer;
      }
    await stage.pass(10_000);
    expect(stage.received.every((one) => typeof one.insertId === 'string')).toBe(true);
  });

  it.each([
    ['nothing', undefined],
    ['no key and no address', {}],
    ['an address that is none', { key: 'PUB', endpoint: null }],
    [
      'a plugin that throws',
      {
        plugins: [
          () => {
            throw new Error('no');
          },
        ],
      },
    ],
    ['a callback that is none', { identify: { user: 'ann' }, onIdentify: 'nobody' }],
  ])('a client is made of %s', async (_, options) => {
    const stage = new Stage();
    const client = createClientIn(stage.page(), options as never);
    const [{ status }] = await Promise.all([client.track('one'), stage.pass(5_000)]);
    expect(status).toBeTypeOf('string');
  });

  it('says who is here on every page, and calls back', async () => {
    const stage = new Stage();
    const heard: unknown[] = [];
    const tell = ({ status, getUser }: Result) => heard.push([status, getUser().ids]);
    stage.tab({ identify: { user: 'ann' }, onIdentify: tell });
    await stage.pass(100);
    expect(heard).toEqual([['applied', { user: 'ann' }]]);
    expect(stage.received).toMatchObject([{ type: 'identify', ids: { user: 'ann' } }]);
  });

  it('the visitor as an object with attributes, and an event of somebody else', async () => {
    const stage = new Stage();
    const client = stage.tab();
    const verbs = user(client);
    void verbs.setUser({ identities: { user: 'ann' }, segments: ['a'], traits: { plan: 'pro' } });
    const ann = verbs.currentUser();
    const { device } = client.getUser();
    expect(ann).toMatchObject({
      identities: { device, user: 'ann' },
      segments: ['a'],
      traits: { plan: 'pro' },
      isKnown: true,
    });
    void ann.set('age', 45);
    void ann.list('fruit', ['apple']);
    void ann.tag('vip');
    void ann.remove('plan');
    expect(verbs.currentUser().traits).toEqual({ age: 45, fruit: ['apple'], vip: true });
    const bob = { identities: { user: 'bob' }, segments: ['b'], traits: { plan: 'free' } };
    const told = await Promise.all([verbs.trackAs(bob, 'Called', { minutes: 5 }), stage.pass(5_000)]);
    expect(told[0].status).toBe('applied');
    const ids = { user: 'bob' };
    expect(stage.received.filter((item) => item.ids['user'] === 'bob')).toMatchObject([
      { type: 'segments', ids, segments: ['b'] },
      { type: 'traits', ids, traits: { plan: 'free' } },
      { type: 'track', ids, name: 'Called', properties: { minutes: 5 } },
    ]);
    expect(client.getUser().ids).toEqual({ user: 'ann' });
  });

  it('prerendered: nothing is sent until somebody looks', async () => {
    const stage = new Stage();
    stage.isPrerendered = true;
    const client = stage.tab();
    void client.track('one');
    await stage.pass(5_000);
    expect(stage.requests).toEqual([]);
    stage.isPrerendered = false;
    client.fire('prerenderingchange');
    await stage.pass(10);
    expect(names(stage)).toEqual(['one']);
  });
});

describe('the visitor', () => {
  it('registered properties ride on every event; once keeps the first', async () => {
    const stage = new Stage();
    const client = stage.tab();
    client.register({ plan: 'pro', page: 1 });
    client.registerOnce({ plan: 'free', first: true });
    client.unregister('page');
    void client.track('one', { plan: 'team' });
    void client.track('two');
    await stage.pass(2_000);
    expect(stage.received.map((one) => one['properties'])).toEqual([
      { plan: 'team', first: true },
      { plan: 'pro', first: true },
    ]);
  });

  it('an event may be somebody else’s, at another time, under an id of its own', async () => {
    const stage = new Stage();
    void stage.tab().track('one', {}, { ids: { user: 'bob' }, time: 5, insertId: 'mine' });
    await stage.pass(2_000);
    expect(stage.received).toMatchObject([{ ids: { user: 'bob' }, time: 5, insertId: 'mine' }]);
  });

  it('signed traits go as they are; plain ones are remembered; segments add up', async () => {
    const stage = new Stage();
    const client = stage.tab();
    void client.setTraits('sig.payload');
    void client.setTraits({ plan: 'pro', city: 'Lyon' });
    void client.setTraits({ city: null });
    void client.setSegments(['a']);
    void client.addSegment('b');
    await stage.pass(2_000);
    expect(stage.received).toMatchObject([
      { signed: 'sig.payload' },
      { traits: { plan: 'pro' } },
      { traits: { city: null } },
      { segments: ['a'] },
      { segments: ['b'], op: 'add' },
    ]);
    expect(client.getUser()).toMatchObject({ traits: { plan: 'pro' }, segments: ['a', 'b'] });
  });

  it('the cookie of a sub-domain, or of the site’s server, is the visitor', () => {
    const stage = new Stage();
    const { device } = stage.tab().getUser();
    expect([...stage.cookies]).toEqual([['ss_PUB', device]]);
    stage.kept.clear();
    expect(stage.tab().getUser().device).toBe(device);
    stage.cookies.set('ss_PUB', 'from-the-server');
    expect(stage.tab().getUser().device).toBe('from-the-server');
    expect(new Stage().tab({ cookie: false }).getUser().device).toMatch(/^[\da-f]{8}-[\da-f]{4}-4/);
  });

  it('a cookie that the server sets is not set again by the page, or browsers would keep it for a week', () => {
    const stage = new Stage();
    stage.cookies.set('ss_PUB', 'from-the-server');
    const client = stage.tab({ cookie: { byServer: true } });
    void client.login({ user: '42' });
    expect(client.getUser()).toMatchObject({ device: 'from-the-server', ids: { user: '42' } });
    expect(stage.cookiesSet).not.toContain('ss_PUB');
    // Where the server did not, the page does; and without the option it does each time, so that the week begins anew.
    const { device } = new Stage().tab({ cookie: { byServer: true } }).getUser();
    expect(device).toMatch(/^[\da-f]{8}-/);
    stage.tab();
    expect(stage.cookiesSet).toContain('ss_PUB');
  });

  it('reset is a new visitor', async () => {
    const stage = new Stage();
    const client = stage.tab();
    void client.login({ user: 'ann' });
    const { device } = client.getUser();
    client.reset();
    expect(client.getUser()).toMatchObject({ ids: {}, isKnown: false });
    expect(client.getUser().device).not.toBe(device);
    expect(stage.tab().getUser().device).toBe(client.getUser().device);
  });
});
