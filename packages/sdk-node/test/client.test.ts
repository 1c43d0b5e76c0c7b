import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { other, running, shop } from '../../server/test/running.ts';
import { createClient, signIdentity, signTraits } from '../src/index.ts';

interface Batch {
  readonly items: readonly { readonly insertId: string; readonly name?: string }[];
}

/** A server that answers as the test says. */
async function scripted(
  answer: (
    batch: Batch,
    count: number,
  ) => { status: number; headers?: Record<string, string>; results?: object[] } | 'reset',
) {
  const batches: Batch[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const batch = JSON.parse(body) as Batch;
    batches.push(batch);
    const said = answer(batch, batches.length);
    if (said === 'reset') return request.socket.destroy();
    response
      .writeHead(said.status, said.headers)
      .end(JSON.stringify({ results: said.results ?? batch.items.map(() => ({ status: 'applied' })) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
  return { endpoint, batches };
}
const ann = { device: 'd', user: 'ann' };

describe('a backend’s client', () => {
  it('every verb against a running server: one person, and the client learns who', async () => {
    const server = await running();
    await using client = createClient({ key: shop.serverKey, endpoint: server.url });
    const told = await Promise.all([
      client.track({ device: 'd' }, 'Seen', { a: 1 }, { time: new Date() }),
      client.page({ device: 'd' }),
      client.login(ann),
      client.identify({ ...ann, email: 'ann@example.com' }),
      client.modify(ann),
      client.setTraits(ann, { plan: 'pro', visits: 1 }),
      client.setTraits(ann, { visits: 2 }, { op: 'add' }),
      client.setSegments(ann, ['a']),
      client.addSegment(ann, 'b'),
      client.login({ user: 'ann2' }),
      client.merge({ user: 'ann' }, { user: 'ann2' }),
      client.optIn(ann),
      client.logout({ device: 'd' }),
    ]);
    expect(told.map((one) => one.status)).toEqual(told.map(() => 'applied'));
    const answer = await fetch(`${server.url}/v1/people?kind=user&value=ann2`, {
      headers: { authorization: `Bearer ${shop.serverKey}` },
    });
    const person = (await answer.json()) as { id: string };
    expect(person).toMatchObject({ traits: { plan: 'pro', visits: 3 }, segments: ['a', 'b'], consent: 'granted' });
    expect(told[5]?.personId).toBe(person.id);
    expect((await client.optOut(ann)).status).toBe('applied');
  });

  it('traits it signs are taken from a page', async () => {
    const server = await running();
    const signed = await signTraits({ plan: 'gold' }, shop.signingSecret, { sub: 'ann' });
    const answer = await fetch(`${server.url}/v1/batch`, {
      method: 'POST',
      body: JSON.stringify({ key: shop.publicKey, items: [{ type: 'traits', ids: ann, signed }] }),
    });
    expect(await answer.json()).toEqual({ results: [{ status: 'applied' }] });
  });

  it('what it signs for one project is no good for another with the same secret; what counts once, counts once (S7)', async () => {
    const server = await running();
    const say = async (project: { publicKey: string }, signed: string, device: string) => {
      const items = [{ type: 'login', ids: { device }, signed }];
      const body = JSON.stringify({ key: project.publicKey, items });
      const answer = await fetch(`${server.url}/v1/batch`, { method: 'POST', body });
      return ((await answer.json()) as { results: { status: string; reason?: string }[] }).results[0];
    };
    const bound = await signIdentity({ user: 'ann' }, shop.signingSecret, { project: shop.id, once: true });
    expect(other.signingSecret).toBe(shop.signingSecret);
    expect(await say(other, bound, 'd1')).toEqual({ status: 'rejected', reason: 'signed: it is for another project' });
    // What was refused is not used up.
    expect(await say(shop, bound, 'd1')).toEqual({ status: 'applied' });
    expect(await say(shop, bound, 'd2')).toMatchObject({ status: 'duplicate' });
    const owner = async (device: string) => {
      const headers = { authorization: `Bearer ${shop.serverKey}` };
      return (await fetch(`${server.url}/v1/people?kind=device&value=${device}`, { headers })).status;
    };
    expect([await owner('d1'), await owner('d2')]).toEqual([200, 404]);
    const open = await signIdentity({ user: 'ann' }, shop.signingSecret);
    for (const device of ['d3', 'd4']) expect(await say(shop, open, device)).toEqual({ status: 'applied' });
  });

  it('what it signs is taken under the secret before, too, while the settings have both (S3)', async () => {
    const next = { ...shop, signingSecret: 'the next one', previousSigningSecret: shop.signingSecret };
    const server = await running({ projects: [next] });
    const say = async (secret: string, device: string) => {
      const items = [{ type: 'login', ids: { device }, signed: await signIdentity({ user: 'ann' }, secret) }];
      const body = JSON.stringify({ key: shop.publicKey, items });
      const answer = await fetch(`${server.url}/v1/batch`, { method: 'POST', body });
      return ((await answer.json()) as { results: { status: string }[] }).results[0]?.status;
    };
    expect(await say(next.signingSecret, 'd1')).toBe('applied');
    expect(await say(next.previousSigningSecret, 'd2')).toBe('applied');
    expect(await say('the one before that', 'd3')).toBe('rejected');
  });

  it('sends again with the same insert ids, and obeys Retry-After', async () => {
    const server = await scripted((_, count) =>
      count === 1 ? 'reset' : count === 2 ? { status: 429, headers: { 'retry-after': '1' } } : { status: 200 },
    );
    const client = createClient({ key: 'k', endpoint: server.endpoint });
    const start = performance.now();
    const told = await Promise.all([client.track(ann, 'one'), client.track(ann, 'two')]);
    expect(told.map((one) => one.status)).toEqual(['applied', 'applied']);
    expect(performance.now() - start).toBeGreaterThan(990);
    expect(server.batches.map((batch) => batch.items.map((one) => one.insertId))).toEqual(
      Array(3).fill(server.batches[0]?.items.map((one) => one.insertId)),
    );
  });

  it('an item the server cannot take costs its neighbours nothing', async () => {
    const server = await scripted((batch) => ({ status: batch.items.some((one) => one.name === 'bad') ? 400 : 200 }));
    const client = createClient({ key: 'k', endpoint: server.endpoint });
    const told = await Promise.all(['a', 'bad', 'b', 'c'].map((name) => client.track(ann, name)));
    expect(told.map((one) => one.status)).toEqual(['applied', 'rejected', 'applied', 'applied']);
  });

  it('an unknown key is told at once', async () => {
    const server = await scripted(() => ({ status: 401 }));
    const client = createClient({ key: 'k', endpoint: server.endpoint });
    expect(await client.track(ann, 'one')).toEqual({ status: 'rejected', reason: 'answer 401' });
    expect(server.batches).toHaveLength(1);
  });

  it('its queue is bounded, and what is no JSON is refused; nothing rejects', async () => {
    const server = await scripted(() => ({ status: 503 }));
    const client = createClient({ key: 'k', endpoint: server.endpoint, queueLimit: 2 });
    const told = [
      client.track(ann, 'a', { n: 1n }),
      client.track(ann, 'b'),
      client.track(ann, 'c'),
      client.track(ann, 'd'),
    ];
    expect([(await told[0])?.reason, (await told[3])?.reason]).toEqual(['it cannot be said as JSON', 'too much waits']);
    await client.close(50);
    expect((await told[1])?.status).toBe('rejected');
    expect((await client.track(ann, 'e')).reason).toBe('the client is closed');
  });

  it('a client that cannot work says so when it is made', () => {
    expect(() => createClient({ key: '', endpoint: 'https://id.test' })).toThrow(/server key/);
    expect(() => createClient({ key: 'k', endpoint: 'id.test' })).toThrow(/https:/);
  });
});
