import { describe, expect, it } from 'vitest';
import { mixpanelOn } from '../src/compat/mixpanel.ts';
import { mparticleOn } from '../src/compat/mparticle.ts';
import { analyticsOn } from '../src/compat/segment.ts';
import { Stage } from './stage.ts';

// biome-ignore lint/suspicious/noExplicitAny: vendors' globals, called as their pages call them.
type Anything = any;

/** Runs a vendor's example and answers what was sent, without times and insert ids. */
async function sent(run: (client: ReturnType<Stage['tab']>) => void): Promise<object[]> {
  const stage = new Stage();
  const client = stage.tab();
  run(client);
  await stage.pass(5_000);
  const { device } = client.getUser();
  return stage.received.map(({ insertId: _, time: __, ids, ...item }) => ({
    ...item,
    ids: Object.fromEntries(Object.entries(ids).map(([kind, value]) => [kind, value === device ? 'DEVICE' : value])),
  }));
}

describe('mixpanel', () => {
  const page = (run: (mixpanel: Anything) => void) => sent((client) => run(mixpanelOn(client)));

  it('a sign-up: what came before is hers, profile and super properties', async () => {
    expect(
      await page((mixpanel) => {
        mixpanel.track('Viewed Page', { page: 'home' });
        mixpanel.identify('12345');
        mixpanel.people.set({ $name: 'Ann', $email: 'ann@example.com' });
        mixpanel.people.set('Plan', 'Premium');
        mixpanel.people.set_once({ 'First Login Date': '2026-11-28' });
        mixpanel.people.increment('Total Logins');
        mixpanel.people.increment({ credits: 5 });
        mixpanel.people.union('Tags', 'x');
        mixpanel.people.unset('Plan');
        mixpanel.register({ 'User Type': 'Paid' });
        mixpanel.track('Signed Up', { 'Signup Type': 'Referral' });
      }),
    ).toEqual([
      { type: 'track', name: 'Viewed Page', properties: { page: 'home' }, ids: { device: 'DEVICE' } },
      { type: 'identify', ids: { device: 'DEVICE', user: '12345' } },
      ...[
        { traits: { $name: 'Ann', $email: 'ann@example.com' } },
        { traits: { Plan: 'Premium' } },
        { op: 'set-once', traits: { 'First Login Date': '2026-11-28' } },
        { op: 'add', traits: { 'Total Logins': 1 } },
        { op: 'add', traits: { credits: 5 } },
        { op: 'union', traits: { Tags: ['x'] } },
        { traits: { Plan: null } },
      ].map((one) => ({ type: 'traits', ids: { device: 'DEVICE', user: '12345' }, ...one })),
      {
        type: 'track',
        name: 'Signed Up',
        properties: { 'User Type': 'Paid', 'Signup Type': 'Referral' },
        ids: { device: 'DEVICE', user: '12345' },
      },
    ]);
  });

  it('distinct ids, callbacks, durations, opting out', async () => {
    const stage = new Stage();
    const client = stage.tab();
    const mixpanel = mixpanelOn(client) as Anything;
    const { device } = client.getUser();
    expect([mixpanel.get_distinct_id(), mixpanel.get_property('$device_id')]).toEqual([`$device:${device}`, device]);
    mixpanel.identify('U1');
    expect([mixpanel.get_distinct_id(), mixpanel.get_property('$user_id')]).toEqual(['U1', 'U1']);
    const told: unknown[] = [];
    mixpanel.time_event('Upload');
    mixpanel.track('Upload', {}, (answer: number) => told.push(answer));
    await stage.pass(2_000);
    expect(told).toEqual([1]);
    expect(stage.received.at(-1)).toMatchObject({ name: 'Upload', properties: { $duration: expect.any(Number) } });
    mixpanel.reset();
    expect(mixpanel.get_property('$device_id')).not.toBe(device);
    mixpanel.opt_out_tracking();
    expect([mixpanel.has_opted_out_tracking(), mixpanel.has_opted_in_tracking()]).toEqual([true, false]);
  });
});

describe('segment', () => {
  const page = (run: (analytics: Anything) => void) => sent((client) => run(analyticsOn(client)));
  const ids = { device: 'DEVICE', user: '97980cfea0067' };

  it('identify, track, group, alias, as documented', async () => {
    expect(
      await page((analytics) => {
        analytics.identify('97980cfea0067', { name: 'Peter Gibbons', email: 'peter@example.com', plan: 'premium' });
        analytics.track('Article Bookmarked', { title: 'Snow Fall', subtitle: 'The Avalanche' });
        analytics.identify({ newsletter: true });
        analytics.group('0e8c78ea9d97a7b8185e8632', { name: 'Initech' });
      }),
    ).toEqual([
      { type: 'identify', ids },
      { type: 'traits', ids, traits: { name: 'Peter Gibbons', email: 'peter@example.com', plan: 'premium' } },
      { type: 'track', name: 'Article Bookmarked', ids, properties: { title: 'Snow Fall', subtitle: 'The Avalanche' } },
      { type: 'traits', ids, traits: { newsletter: true } },
      { type: 'traits', ids: { 'group.id': '0e8c78ea9d97a7b8185e8632' }, traits: { name: 'Initech' } },
      { type: 'track', name: '$group', ids, properties: { groupId: '0e8c78ea9d97a7b8185e8632' } },
    ]);
  });

  it('user(), anonymousId, reset, events of its own', () => {
    const client = new Stage().tab();
    const analytics = analyticsOn(client) as Anything;
    const heard: unknown[] = [];
    analytics.on('track', (event: string, properties: object) => heard.push([event, properties]));
    analytics.track('a', { b: 1 });
    expect(heard).toEqual([['a', { b: 1 }]]);
    expect([analytics.user().id(), analytics.user().anonymousId()]).toEqual([null, client.getUser().device]);
    analytics.setAnonymousId('ABC-123-XYZ');
    analytics.identify('ann');
    expect([analytics.user().id(), analytics.user().anonymousId()]).toEqual(['ann', 'ABC-123-XYZ']);
    analytics.reset();
    expect(analytics.user().id()).toBe(null);
  });
});

describe('mParticle', () => {
  it('identify at start, login, attributes, modify, logout, with callbacks', async () => {
    const stage = new Stage();
    const client = stage.tab();
    const mParticle = mparticleOn(client) as Anything;
    const told: unknown[] = [];
    const hear = (name: string) => (result: Anything) =>
      told.push([
        name,
        result.httpCode,
        result.getUser().isLoggedIn(),
        result.getUser().getUserIdentities().userIdentities,
      ]);
    mParticle.init('KEY', { isDevelopmentMode: true, identityCallback: hear('init') });
    await stage.pass(100);
    mParticle.Identity.login({ userIdentities: { customerid: '123456', email: 'ann@example.com' } }, hear('login'));
    await stage.pass(100);
    const user = mParticle.Identity.getCurrentUser();
    user.setUserAttribute('age', '23');
    user.setUserAttributeList('fruit', ['apple']);
    user.setUserTag('premium');
    user.removeUserAttribute('age');
    mParticle.logEvent('Video Watched', mParticle.EventType.Navigation, { category: 'x' });
    mParticle.logPageView('Home', { page: '/' });
    const product = mParticle.eCommerce.createProduct('Tee', 'SKU1', 19.5, 2);
    mParticle.eCommerce.logProductAction(mParticle.ProductActionType.AddToCart, product);
    mParticle.Identity.modify({ userIdentities: { mobile_number: '555' } }, hear('modify'));
    await stage.pass(2_000);
    mParticle.Identity.logout({}, hear('logout'));
    await stage.pass(100);
    const alias = mParticle.Identity.createAliasRequest(user, mParticle.Identity.getCurrentUser());
    expect(alias).toEqual({ sourceMpid: user.getMPID(), destinationMpid: user.getMPID() });
    const codes: number[] = [];
    mParticle.Identity.aliasUsers(alias, ({ httpCode }: { httpCode: number }) => codes.push(httpCode));
    expect(codes).toEqual([202]);
    expect(told).toEqual([
      ['init', 200, false, {}],
      ['login', 200, true, { customerid: '123456', email: 'ann@example.com' }],
      ['modify', 200, true, { customerid: '123456', email: 'ann@example.com', mobile_number: '555' }],
      ['logout', 200, false, {}],
    ]);
    expect(stage.received.map((item) => [item.type, item['name'] ?? item['traits'] ?? item.ids['phone']])).toEqual([
      ['identify', undefined],
      ['login', undefined],
      ['traits', { age: '23' }],
      ['traits', { fruit: ['apple'] }],
      ['traits', { premium: true }],
      ['traits', { age: null }],
      ['track', 'Video Watched'],
      ['page', 'Home'],
      ['track', 'eCommerce - add_to_cart'],
      ['modify', '555'],
      ['logout', undefined],
    ]);
  });

  it('offline is −1, opted out −6, as the vendor’s callbacks hear it', async () => {
    const stage = new Stage();
    stage.isOnline = false;
    const mParticle = mparticleOn(stage.tab()) as Anything;
    const codes: number[] = [];
    const hear = ({ httpCode }: { httpCode: number }) => codes.push(httpCode);
    mParticle.Identity.identify({}, hear);
    await stage.pass(100);
    mParticle.setOptOut(true);
    await stage.pass(100);
    mParticle.Identity.login({ userIdentities: { customerid: '1' } }, hear);
    await stage.pass(100);
    expect(codes).toEqual([-1, -6]);
  });
});
