import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { call, type Mparticle } from './src/mparticle.ts';
import { type Bed, log, type Strategy, startBed } from './src/mparticle-bed.ts';
import { until } from './src/until.ts';

declare const mParticle: Mparticle;

let bed: Bed;
beforeAll(async () => {
  bed = await startBed();
});
afterAll(() => bed?.close());
afterEach(() => bed.leave());

let serial = 0;
const customer = () => `P${++serial}-${process.pid}`;
const recordOf = async (strategy: Strategy, mpid: unknown) =>
  (await bed.project(strategy).person('mpid', String(mpid)))?.profiles
    ?.find((one) => one.mpid === mpid)
    ?.record.map((one) => one.kind)
    .sort();

describe('@mparticle/web-sdk, unmodified: who answers', () => {
  it('two customers on one browser, without a logout between: two profiles, and attributes stay with the first', async () => {
    const [ann, bob] = [customer(), customer()];
    const device = await bed.visit('mparticle-conversion');
    const first = await call(device.page, 'login', { customerid: ann });
    expect(first).toMatchObject({ httpCode: 200, mpid: device.told.mpid });
    await device.page.evaluate(() => mParticle.Identity.getCurrentUser()!.setUserAttribute('plan', 'pro'));
    const second = await call(device.page, 'login', { customerid: bob });
    expect(second).toMatchObject({ httpCode: 200, isLoggedIn: true });
    expect(second.mpid).not.toBe(first.mpid);
    expect(await device.page.evaluate(() => mParticle.Identity.getCurrentUser()!.getAllUserAttributes())).toEqual({});
    await log(device, 'Of the second');
    expect(await bed.timeline('mparticle-conversion', String(second.mpid), 'Of the second')).toBeDefined();
    const person = (mpid: unknown) => bed.project('mparticle-conversion').person('mpid', String(mpid));
    // Batches race: the first customer's may arrive after the second's.
    await until(
      () => person(first.mpid),
      (now) => now?.traits['plan'] === 'pro',
    );
    expect((await person(second.mpid))?.traits).toEqual({});
  });

  it('a browser that says nothing but its device gets no customer: after a logout, and after a login without one', async () => {
    const c = customer();
    const device = await bed.visit('mparticle-conversion');
    const known = await call(device.page, 'login', { customerid: c });
    const logout = await call(device.page, 'logout');
    expect(await call(device.page, 'login', { customerid: c })).toMatchObject({ mpid: known.mpid });
    expect(await call(device.page, 'identify')).toMatchObject({ httpCode: 200, mpid: logout.mpid, isLoggedIn: false });
  });

  it('two customers, one e-mail: the second gets a profile of his own, and the e-mail stays', async () => {
    const [ann, bob] = [customer(), customer()];
    const email = `${ann}@x.se`;
    const one = await bed.visit('mparticle-conversion');
    const two = await bed.visit('mparticle-conversion');
    const a = await call(one.page, 'login', { customerid: ann, email });
    const b = await call(two.page, 'login', { customerid: bob, email });
    expect(b).toMatchObject({ httpCode: 200, isLoggedIn: true, body: { matched_identities: {} } });
    expect(b.mpid).not.toBe(a.mpid);
    expect(await call(one.page, 'login', { customerid: ann })).toMatchObject({ mpid: a.mpid });
    expect(await recordOf('mparticle-conversion', a.mpid)).toContain('email');
  });

  it('an e-mail that names the customer, taken by modify: the other profile is anonymous again', async () => {
    const email = `${customer()}@x.se`;
    const one = await bed.visit('mparticle-link');
    const two = await bed.visit('mparticle-link');
    const a = await call(one.page, 'login', { email });
    const b = await call(two.page, 'login', { customerid: customer() });
    const taken = await call(two.page, 'modify', { email });
    expect(taken).toMatchObject({ httpCode: 200, mpid: b.mpid });
    expect((taken.body as { change_results: { modified_mpid: string }[] }).change_results).toEqual(
      expect.arrayContaining([b, a].map(({ mpid }) => ({ identity_type: 'email', modified_mpid: mpid }))),
    );
    expect(await recordOf('mparticle-link', a.mpid)).toEqual(['device']);
    expect(await call(one.page, 'login', { email })).toMatchObject({ httpCode: 200, mpid: b.mpid });
  });

  it('a cleared browser is a new device, and the login finds the customer again', async () => {
    const c = customer();
    const device = await bed.visit('mparticle-conversion');
    const before = await call(device.page, 'login', { customerid: c });
    // A page without the SDK, which would write its memory down again.
    await bed.open(device);
    await device.page.evaluate(() => localStorage.clear());
    const again = await bed.visit('mparticle-conversion', {}, device);
    expect(again.told).toMatchObject({ httpCode: 200, isLoggedIn: false });
    expect(again.told.mpid).not.toBe(before.mpid);
    expect(await call(again.page, 'login', { customerid: c })).toMatchObject({ mpid: before.mpid });
    const person = await bed.project('mparticle-conversion').person('user', c);
    const stamps = person?.identifiers.filter((id) => id.kind === 'device').map((id) => id.value);
    expect(new Set(stamps).size).toBe(2);
  });
});

describe('@mparticle/web-sdk, unmodified: what visitors forbid', () => {
  it('the sale of their data: kept by its purpose, whichever way it was said last', async () => {
    const device = await bed.visit('mparticle-conversion');
    const say = async (isOptedOut: boolean, at: number) => {
      await device.page.evaluate(
        ([word, time]) => {
          const consent = mParticle.Consent.createCCPAConsent(word as boolean, time as number);
          const state = mParticle.Consent.createConsentState().setCCPAConsentState(consent);
          mParticle.Identity.getCurrentUser()!.setConsentState(state);
        },
        [isOptedOut, at] as const,
      );
      await log(device, `Said ${isOptedOut}`);
      const person = await until(
        () => bed.project('mparticle-conversion').person('mpid', String(device.told.mpid)),
        (now) => (now?.purposes?.['ccpa.data_sale_opt_out'] as { consented?: boolean })?.consented === isOptedOut,
      );
      expect(person).toMatchObject({ consent: 'not-asked', traits: {} });
    };
    await say(true, 1_700_000_000_000);
    await say(false, 1_700_000_001_000);
  });
});
