import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { batch, other, running, shop, type TestServer } from './running.ts';
import { streamed, take } from './stream.ts';

describe('GET /v1/live', () => {
  test('replays what is kept and goes on with every item, its verdict and why', async () => {
    const server = await running();
    const login = { type: 'login', ids: { device: 'd', user: 'ann' }, insertId: 'i1' };
    await batch(server.url, shop.publicKey, [login]);
    const stream = streamed(server);
    const [first] = await take(stream, 1);
    expect(first).toMatchObject({
      logPosition: 1,
      wire: 'native',
      type: 'identify',
      status: 'applied',
      known: true,
      ids: [
        { kind: 'device', value: 'd' },
        { kind: 'user', value: 'ann' },
      ],
      notes: [{ effect: 'linked', rule: 'S1' }],
    });

    await batch(server.url, shop.publicKey, [
      login,
      { type: 'nonsense' },
      { type: 'track', name: 'Seen', properties: { a: 1 } },
    ]);
    const next = await take(stream, 3);
    expect(next.map(({ type, status, rule, logPosition }) => [type, status, rule, logPosition])).toEqual([
      ['identify', 'duplicate', 'D1', null],
      ['unreadable', 'rejected', null, null],
      ['track', 'applied', 'A3', 2],
    ]);
    const positions = [first, ...next].map((item) => item?.position ?? 0);
    expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
  });

  test('shows one name, or one person under all the ids they went by', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, [
      { type: 'track', name: 'Seen', ids: { device: 'd1' } },
      { type: 'track', name: 'Bought', ids: { device: 'd1' } },
      { type: 'login', ids: { device: 'd1', user: 'ann' } },
      { type: 'track', name: 'Seen', ids: { device: 'd2' } },
      { type: 'track', name: 'Seen', ids: { user: 'ann' } },
    ]);
    const headers = { authorization: `Bearer ${shop.serverKey}` };
    const ann = (await (await fetch(`${server.url}/v1/people?kind=user&value=ann`, { headers })).json()) as {
      id: string;
    };
    const hers = await take(streamed(server, `?person=${ann.id}`), 4);
    expect(hers.map(({ type, name }) => name ?? type)).toEqual(['Seen', 'Bought', 'identify', 'Seen']);
    const bought = await take(streamed(server, '?name=Bought'), 1);
    expect(bought).toMatchObject([{ name: 'Bought' }]);
    const seen = await take(streamed(server, `?name=Seen&person=${ann.id}`), 2);
    expect(seen.map(({ ids }) => ids[0]?.value)).toEqual(['d1', 'ann']);
  });

  test('shows an operator what was sent with a refused item, without secrets, and a server key its form alone (S40)', async () => {
    const server = await running();
    const headers = { 'content-type': 'application/json', 'x-mp-key': shop.publicKey };
    const body = JSON.stringify({ client_secret: 'hidden-1', known_identities: { customerid: 42 } });
    const answer = await fetch(`${server.url}/mparticle/v1/login`, { method: 'POST', headers, body });
    expect(answer.status).toBe(400);
    const signedIn = await fetch(server.loginUrl, { redirect: 'manual' });
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const [seen] = await take(streamed(server, '?project=shop', { cookie }, ''), 1);
    expect(seen).toMatchObject({ status: 'rejected', sent: { path: '/v1/login' } });
    expect(seen?.sent?.body).toContain('"customerid":42');
    expect(seen?.sent?.body).not.toContain('hidden-1');
    const [masked] = await take(streamed(server), 1);
    expect(masked).toMatchObject({ status: 'rejected' });
    expect(masked?.sent?.body).toBe('{"client_secret":"…","known_identities":{"customerid":xx}}');
  });

  test('goes on after a position, by query or as a browser says it', async () => {
    const server = await running();
    await batch(
      server.url,
      shop.publicKey,
      ['a', 'b', 'c'].map((name) => ({ type: 'track', name })),
    );
    const [a] = await take(streamed(server), 3);
    expect((await take(streamed(server, `?after=${a?.position}`), 2)).map((item) => item.name)).toEqual(['b', 'c']);
    const again = streamed(server, '', { 'last-event-id': String(a?.position) });
    expect((await take(again, 2)).map((item) => item.name)).toEqual(['b', 'c']);
  });

  test('filters by wire, status and text, and shows nothing of another project (S2)', async () => {
    const server = await running();
    await batch(server.url, other.publicKey, [{ type: 'track', name: 'theirs', ids: { user: 'ann' } }]);
    await batch(server.url, shop.publicKey, [
      { type: 'track', name: 'Viewed', ids: { user: 'bob' } },
      { type: 'track', name: 'Bought', ids: { user: 'ann' }, properties: { product: 'Shoe' } },
      { type: 'nonsense' },
    ]);
    const first = async (query: string) => (await take(streamed(server, query), 1))[0]?.name;
    expect(await first('?q=USER:ANN')).toBe('Bought');
    expect(await first('?q=shoe')).toBe('Bought');
    expect(await first('?status=rejected')).toBe(null);
    expect(await first('?wire=native&q=view')).toBe('Viewed');
  });

  test('a reader that does not read stops nobody (G14)', async () => {
    const server = await running();
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    onTestFinished(() => void socket.destroy());
    socket.write(`GET /v1/live HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${shop.serverKey}\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    const big = { type: 'track', name: 'big', properties: { text: 'x'.repeat(10_000) } };
    for (let i = 0; i < 10; i++) {
      const response = await batch(
        server.url,
        shop.publicKey,
        Array.from({ length: 200 }, () => big),
      );
      expect(response.status).toBe(200);
      await response.body?.cancel();
    }
  });

  test('ends when the server stops (G15)', async () => {
    const server = await running();
    const stream = streamed(server);
    const end = stream.next().catch(() => ({ done: true }));
    await batch(server.url, shop.publicKey, [{ type: 'track', name: 'a' }]);
    await end;
    const rest = stream.next().catch(() => ({ done: true }));
    await server.stop();
    expect((await rest).done).toBe(true);
  });
});

describe('mParticle’s calls', () => {
  const ask = (server: TestServer, call: string, key: string, known_identities: object, more = {}) =>
    fetch(`${server.url}/mparticle/v1/${call}`, {
      method: 'POST',
      headers: { 'x-mp-key': key, ...more },
      body: JSON.stringify({ environment: 'development', known_identities }),
    });

  test('show the answer with everybody who was looked at, and every refusal with its reason', async () => {
    const server = await running();
    const device = { device_application_stamp: 'D1' };
    await ask(server, 'login', shop.publicKey, { ...device, customerid: 'C1' });
    await ask(server, 'login', shop.publicKey, { ...device, customerid: 'C2' });
    expect((await ask(server, 'login', shop.publicKey, {})).status).toBe(400);
    expect((await ask(server, 'search', shop.publicKey, { customerid: 'C9' })).status).toBe(404);
    expect((await ask(server, 'login', shop.publicKey, device, { 'x-mp-signature': 'ab' })).status).toBe(401);
    expect((await ask(server, 'login', 'nobody', device)).status).toBe(401);
    expect((await ask(server, 'identity/v1/login', shop.publicKey, device)).status).toBe(404);
    const [one, two, ...refused] = await take(streamed(server), 6);
    expect(one?.directory).toMatchObject({ call: 'login', how: 'made', known: true, loggedIn: true, candidates: [] });
    expect(two?.directory?.candidates).toEqual([
      {
        mpid: one?.directory?.mpid,
        verdict: 'passed',
        rule: 'R4',
        reason: 'it is known, and the request carries none of its login identifiers',
      },
    ]);
    expect(refused.map((item) => [item.status, item.reason])).toEqual([
      ['rejected', 'LOOKUP_ERROR: knownIdentities is empty.'],
      ['rejected', 'NOT_FOUND_ERROR: no profile matches these identities'],
      ['rejected', 'x-mp-signature is not 64 lower-case hex digits'],
      [
        'rejected',
        '404: nothing takes this method and path; look at identityUrl and its kin in the client’s configuration',
      ],
    ]);
    const stats = await fetch(`${server.url}/v1/stats`, { headers: { authorization: `Bearer ${shop.serverKey}` } });
    expect(await stats.json()).toMatchObject({ applied: 2, rejected: 4, unknownKey: 1 });
  });

  test('name kinds as their sender does, in ids, matches and reasons; other wires keep ours', async () => {
    const server = await running({
      projects: [{ ...shop, policy: { preset: 'mparticle-link' } }, other],
    });
    await ask(server, 'login', shop.publicKey, { device_application_stamp: 'D1', customerid: 'C1', email: 'a@x.se' });
    await ask(server, 'login', shop.publicKey, { device_application_stamp: 'D2', customerid: 'C2', email: 'a@x.se' });
    await ask(server, 'login', shop.publicKey, {
      device_application_stamp: 'D2',
      customerid: 'C2',
      mobile_number: '+46701',
    });
    await batch(server.url, shop.publicKey, [{ type: 'track', name: 'Seen', ids: { user: 'C1', device: 'D1' } }]);
    const [first, guarded, again, ours] = await take(streamed(server), 4);
    expect(first?.ids).toEqual([
      { kind: 'device', value: 'D1', as: 'device_application_stamp' },
      { kind: 'user', value: 'C1', as: 'customerid' },
      { kind: 'email', value: 'a@x.se' },
    ]);
    expect(guarded?.directory?.candidates.map((one) => one.reason)).toEqual([
      'its customerid is another than the one in the request',
    ]);
    expect(again?.directory?.matched).toEqual([
      { kind: 'user', value: 'C2', as: 'customerid' },
      { kind: 'device', value: 'D2', as: 'device_application_stamp' },
    ]);
    expect(again?.notes.map((note) => note.reason)).toContain('mobile_number joined the profile');
    expect(ours?.ids).toEqual([
      { kind: 'user', value: 'C1' },
      { kind: 'device', value: 'D1' },
    ]);
    const find = async (q: string) => (await take(streamed(server, `?q=${q}`), 1))[0]?.position;
    expect(await find('customerid:c2')).toBe(guarded?.position);
    expect(await find('user:c2')).toBe(guarded?.position);
  });
});
