import Mixpanel from 'mixpanel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PUBLIC_KEY, SERVER_KEY, type Selfsame, startSelfsame } from './src/selfsame.ts';

let selfsame: Selfsame;
beforeAll(async () => {
  selfsame = await startSelfsame();
});
afterAll(() => selfsame.dispose());

const client = (extra: object = {}) =>
  Mixpanel.init(PUBLIC_KEY, { host: new URL(selfsame.url).host, protocol: 'http', path: '/mixpanel', ...extra });
/** The SDK's callback as a promise; it calls with an error, or with nothing. */
const call = (run: (done: (error?: unknown) => void) => void) =>
  new Promise<void>((resolve, reject) => run((error) => (error ? reject(error) : resolve())));

describe('mixpanel (Node) 0.24.0, unmodified', () => {
  it('track, batch, import and profiles make one person', async () => {
    const sdk = client();
    await call((done) => sdk.track('Backend', { distinct_id: 'ann', plan: 'pro' }, done));
    await call((done) =>
      sdk.track_batch(
        [
          { event: 'B1', properties: { distinct_id: 'ann' } },
          { event: 'B2', properties: { distinct_id: 'ann' } },
        ],
        done as never,
      ),
    );
    await call((done) => sdk.people.set('ann', { $name: 'Ann', tags: ['a+b/c?', 'ü'] }, done));
    await call((done) => sdk.people.increment('ann', 'orders', 3, done));
    await call((done) => sdk.people.append('ann', 'list', 'x', done));
    await call((done) => sdk.people.union('ann', { list: ['x', 'y'] }, done));
    await call((done) => sdk.people.track_charge('ann', 25, { $time: '2026-01-01T00:00:00' }, done));
    const person = await selfsame.person('user', 'ann');
    expect(person).toMatchObject({
      known: true,
      traits: { $name: 'Ann', tags: ['a+b/c?', 'ü'], orders: 3, list: ['x', 'y'] },
    });
    expect((await selfsame.events(person?.id ?? '')).map((event) => event.name).sort()).toEqual([
      'B1',
      'B2',
      'Backend',
    ]);
    await call((done) => sdk.people.unset('ann', 'orders', done));
    await call((done) => sdk.people.remove('ann', { list: 'x' }, done));
    expect((await selfsame.person('user', 'ann'))?.traits).toMatchObject({ list: ['y'] });
    await call((done) => sdk.people.delete_user('ann', done));
    expect((await selfsame.person('user', 'ann'))?.traits).toEqual({});
  });

  it('import with the server key takes old events', async () => {
    const sdk = client({ key: SERVER_KEY });
    const time = new Date('2020-05-01T12:00:00Z');
    await call((done) => sdk.import('Old', time, { distinct_id: 'old-user' }, done));
    await call((done) =>
      sdk.import_batch(
        [{ event: 'Older', properties: { time: new Date('2019-05-01T12:00:00Z'), distinct_id: 'old-user' } }],
        done as never,
      ),
    );
    const events = await selfsame.events((await selfsame.person('user', 'old-user'))?.id ?? '');
    expect(events.map((event) => [event.name, event.time])).toEqual([
      ['Older', '2019-05-01T12:00:00.000Z'],
      ['Old', '2020-05-01T12:00:00.000Z'],
    ]);
  });

  it('a long event goes as a GET', async () => {
    await call((done) =>
      client().track(
        'Long',
        {
          distinct_id: 'long',
          text: 'x'.repeat(240),
          more: Array.from({ length: 120 }, (_, i) => `some text number ${i} to make this long`),
        },
        done,
      ),
    );
    expect(await selfsame.person('user', 'long')).toBeDefined();
  });

  it('a device joins the user the backend knows, and the backend’s events join the timeline', async () => {
    await call((done) => client().track('Server side', { $device_id: 'cookie-1', distinct_id: '' }, done));
    await call((done) => client().track('Login', { $device_id: 'cookie-1', $user_id: 'eve' }, done));
    const person = await selfsame.person('device', 'cookie-1');
    expect(person).toEqual(await selfsame.person('user', 'eve'));
    expect((await selfsame.events(person?.id ?? '')).map((event) => event.name)).toEqual(['Server side', 'Login']);
  });
});
