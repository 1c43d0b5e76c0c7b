import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CLIENT, createPlatform, signed } from './platform-world.ts';

fc.configureGlobal({ seed: Number(process.env['SELFSAME_SEED']) });

const scripts = [
  '/rpc/hasSession.js',
  ...['hasSession', 'traits', 'logout', 'hasproduct', 'acceptAgreement', 'nothing'].map((one) => `/ajax/${one}.js`),
];
const text = fc.string({ unit: 'binary', maxLength: 40 });

it('whatever a script tag asks, the answer is a script of status 200 that runs (S26)', async () => {
  const platform = createPlatform({ settings: { tMaxAgeSeconds: null } });
  const blob = fc.oneof(
    text,
    fc.json().map((json) => signed(json)),
    text.map((one) => signed(one)),
  );
  const query = fc.record(
    {
      t: blob,
      callback: fc.oneof(text, fc.constant('f1')),
      autologin: text,
      client_id: fc.oneof(text, fc.constant(CLIENT)),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...scripts), query, text, async (path, given, cookie) => {
      const script = await platform.script(path, given, cookie);
      expect(script.reply.status).toBe(200);
      expect(script.received).toBe(1);
    }),
    { numRuns: 1_000 },
  );
  expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
});

it('whatever the REST API is sent, it answers (S26)', async () => {
  const platform = createPlatform();
  await platform.batch([{ type: 'login', ids: { user: '42' } }]);
  const credentials = `client_id=${CLIENT}&client_secret=server-key&grant_type=client_credentials`;
  const token = JSON.parse(String((await platform.send('POST', '/oauth/token', credentials)).body)).access_token;
  const segment = fc.oneof(
    text.map((one) => encodeURIComponent(one.toWellFormed())),
    fc.constantFrom('%', '%zz', '..', '42'),
  );
  const path = fc.oneof(
    segment.map((one) => `/api/2/user/42/trait/${one}`),
    segment.map((one) => `/api/2/user/${one}/traits`),
    segment.map((one) => `/${one}`),
    fc.constantFrom('/oauth/token', `/oauth/authorize?client_id=${CLIENT}`),
    text.map((one) => `/oauth/authorize?client_id=${CLIENT}&redirect_uri=${encodeURIComponent(one.toWellFormed())}`),
  );
  const body = fc.oneof(
    text,
    fc.json().map((json) => `traits=${encodeURIComponent(json)}`),
    text.map((one) => `traits=${one}`),
  );
  const authorization = fc.oneof(
    fc.constant(`Bearer ${token}`),
    text,
    text.map((one) => `Bearer ${one}.${one}`),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'DELETE', 'PUT'),
      path,
      body,
      authorization,
      async (method, url, sent, auth) => {
        const reply = await platform.send(method, url, sent, { authorization: auth });
        expect([200, 202, 400, 401, 404]).toContain(reply.status);
        JSON.parse(String(reply.body));
      },
    ),
    { numRuns: 1_000 },
  );
});
