import { describe, expect, test } from 'vitest';
import { running, shop, signIn } from './running.ts';

describe('no page of another origin reads anything by what its visitor’s browser sends along (S31)', () => {
  const origins = [
    'https://a.example',
    'null',
    'https://127.0.0.1.evil.test',
    'https://evil127.0.0.1',
    'HTTPS://A.EXAMPLE',
  ];

  test('the console and the API allow no foreign origin, whatever it is called', async () => {
    const { url } = await running();
    for (const path of ['/v1/session', '/v1/stats', '/v1/people?kind=user&value=a', '/livez', '/metrics'])
      for (const origin of [...origins, `${url}.evil.test`, `https://${new URL(url).host}`])
        for (const method of ['GET', 'OPTIONS']) {
          const { headers } = await fetch(url + path, { method, headers: { origin } });
          expect([path, origin, headers.get('access-control-allow-origin')]).toEqual([path, origin, null]);
          expect(headers.get('access-control-allow-credentials')).toBeNull();
        }
  });

  test('Mixpanel’s SDK sends credentials, so its wire names the page; a signed-in operator’s cookie changes no answer', async () => {
    const server = await running();
    const { url } = server;
    const cookie = await signIn(server);
    const stats = () => fetch(`${url}/v1/stats?project=${shop.id}`, { headers: { cookie } });
    expect((await stats()).status).toBe(200);
    const data = JSON.stringify([{ event: 'a', properties: { token: shop.publicKey, distinct_id: 'x' } }]);
    const calls: readonly [string, string, string?][] = [
      ['POST', '/track/?verbose=1', new URLSearchParams({ data }).toString()],
      ['POST', '/engage/', new URLSearchParams({ data }).toString()],
      ['POST', '/groups/', ''],
      ['POST', '/record/', ''],
      ['POST', '/import?strict=1', data],
      ['GET', '/flags/?token=shop-public'],
      ['GET', '/settings?token=shop-public'],
      ['GET', '/decide/?token=shop-public'],
      ['GET', '/nowhere'],
    ];
    for (const origin of origins)
      for (const [method, path, body] of calls) {
        const ask = async (sent: Record<string, string>) => {
          const answer = await fetch(`${url}/mixpanel${path}`, {
            method,
            headers: { origin, 'content-type': 'application/x-www-form-urlencoded', ...sent },
            ...(body === undefined ? {} : { body }),
          });
          expect(answer.headers.get('set-cookie')).toBeNull();
          // Or a cache would hand one page's answer to another.
          expect(answer.headers.get('vary')).toMatch(/\borigin\b/i);
          return [path, origin, answer.status, answer.headers.get('access-control-allow-origin'), await answer.text()];
        };
        expect(await ask({ cookie })).toEqual(await ask({}));
      }
    // No other wire allows credentials.
    for (const path of ['/v1/batch', '/mparticle/v1/identify', '/xo/x', '/spid/api/2/me', '/segment/v1/track'])
      for (const method of ['POST', 'OPTIONS']) {
        const { headers } = await fetch(url + path, { method, headers: { origin: 'https://a.example', cookie } });
        expect([path, headers.get('access-control-allow-credentials')]).toEqual([path, null]);
      }
  });
});
