import { createClient } from '@selfsame/node';
import { expect, it, onTestFinished } from 'vitest';
import { running, shop } from '../../packages/server/test/running.ts';
import { createSite } from './src/site.ts';

it('a visitor looks around, logs in on two devices and leaves: one customer with one history', async () => {
  const server = await running();
  const selfsame = createClient({ key: shop.serverKey, endpoint: server.url });
  const site = createSite(selfsame, shop.publicKey);
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void site.close());
  const url = `http://127.0.0.1:${(site.address() as { port: number }).port}`;

  /** A browser: it brings back the cookie it was given. */
  const browser = () => {
    let cookie = '';
    return async (path: string, method = 'GET') => {
      const answer = await fetch(url + path, { method, headers: { cookie, connection: 'close' } });
      cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
      return (await answer.text()).trim();
    };
  };
  const phone = browser();
  const laptop = browser();
  expect(await phone('/catalogue')).toBe('Hello stranger');
  expect(await phone('/login?customer=ann', 'POST')).toBe('Hello ann');
  expect(await phone('/account')).toBe('Hello ann');
  await laptop('/laptop');
  await laptop('/login?customer=ann', 'POST');
  expect(await phone('/logout', 'POST')).toBe('Hello stranger');
  await selfsame.flush();

  const get = async (path: string) =>
    (await fetch(server.url + path, { headers: { authorization: `Bearer ${shop.serverKey}` } })).json();
  const person = (await get('/v1/people?kind=user&value=ann')) as { id: string };
  const { events } = (await get(`/v1/people/${person.id}/events`)) as {
    events: { name: string; properties: { path?: string } }[];
  };
  expect(events.map(({ name, properties }) => properties.path ?? name).reverse()).toEqual([
    '/catalogue',
    'Logged In',
    '/account',
    '/laptop',
    'Logged In',
    'Logged Out',
  ]);
});
