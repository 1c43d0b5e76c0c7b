import { connect } from 'node:net';
import { expect, it, vi } from 'vitest';
import { meetingPlace } from '../src/delivery/outputs/beside/address.ts';
import { callApi, type Got, receiver } from './hook-receiver.ts';
import { batch, other, outputsBeside, running, shop, type TestServer, track } from './running.ts';

const patience = { timeout: 60_000, interval: 20 };
const secret = `whsec_${Buffer.from('twenty-four bytes and more').toString('base64')}`;

const call = (server: TestServer, method: string, path: string, body?: object) =>
  callApi(server.url, method, `/v1/${path}`, body, shop.serverKey);
const say = (server: TestServer, ...items: readonly object[]) => batch(server.url, shop.serverKey, items);
const names = (got: readonly Got[]) => got.map(({ body }) => JSON.parse(body).event?.insertId ?? 'test');

/** A server whose outputs run in a process of their own: here, one that comes when the test says so. */
async function serverAlone(url: string) {
  const server = await running({
    projects: [{ ...shop, outputs: [{ id: 'hook', type: 'webhook', url, secret }] }, other],
    outputs: { in: 'process' },
    allowPrivateOutputs: ['127.0.0.1'],
  });
  const start = () => outputsBeside(server);
  const arrived = (state: string) =>
    vi.waitFor(async () => {
      const { body } = await call(server, 'GET', 'outputs/hook');
      expect(body).toMatchObject({ state, lag: { positions: 0 }, held: 0 });
    }, patience);
  return { server, start, arrived };
}

it('O12: outputs run in a process of their own: it comes, is steered by the API, goes, and comes back', async () => {
  const hook = await receiver();
  const { server, start, arrived } = await serverAlone(hook.url);
  expect((await say(server, track('ann', 'i-1'), track('ann', 'i-2'))).status).toBe(200);
  expect((await call(server, 'GET', 'outputs')).body.outputs).toMatchObject([
    { state: 'halted', reason: expect.stringContaining('selfsame outputs'), lag: { positions: 2 } },
  ]);
  for (const what of ['pause', 'resume', 'test', 'replay'])
    expect(await call(server, 'POST', `outputs/hook/${what}`, { from: 0 })).toMatchObject({
      status: 503,
      body: { error: { code: 'outputs_away', message: expect.stringContaining('selfsame outputs') } },
    });

  // Nothing that is said at their meeting place ends the server.
  await new Promise((resolve) => {
    const stranger = connect(meetingPlace(server.data), () => stranger.write('no word of ours\n'));
    stranger.on('error', () => {}).on('close', resolve);
  });

  const first = await start();
  await arrived('running');
  expect(names(hook.got)).toEqual(['i-1', 'i-2']);
  await expect(start()).rejects.toThrow('another process runs the outputs');

  expect((await call(server, 'POST', 'outputs/hook/pause')).body.state).toBe('paused');
  await say(server, track('ann', 'i-3'));
  expect((await call(server, 'POST', 'outputs/hook/test')).body).toEqual({ ok: true, reason: null });
  expect(names(hook.got)).toEqual(['i-1', 'i-2', 'test']);
  expect((await call(server, 'POST', 'outputs/hook/resume')).body.state).toBe('running');
  await arrived('running');
  expect(names(hook.got).slice(3)).toEqual(['i-3']);

  // What became of them is counted and shown by the server.
  const metrics = async () => await (await fetch(`${server.url}/metrics`)).text();
  await vi.waitFor(
    async () => expect(await metrics()).toContain('{output="hook",outcome="done",status=""} 3'),
    patience,
  );
  expect(await server.context.live.after('shop', 0, 'out')).toMatchObject([
    { outcome: 'sent' },
    { name: 'Seen' },
    { type: 'event' },
  ]);

  expect((await call(server, 'POST', 'outputs/hook/replay', { from: 2 })).status).toBe(202);
  await vi.waitFor(() => expect(names(hook.got).slice(4)).toEqual(['i-3']), patience);
  expect(hook.got.at(-1)?.headers['selfsame-replay']).toBe('true');
  // What was sent again was sent, and stays counted while that process is away.
  await vi.waitFor(
    async () => expect((await call(server, 'GET', 'outputs/hook')).body).toMatchObject({ sent: 4 }),
    patience,
  );

  await first.stop();
  await say(server, track('ann', 'i-4'));
  expect((await call(server, 'GET', 'outputs/hook')).body).toMatchObject({ state: 'halted', sent: 4 });
  await start();
  await arrived('running');
  expect(names(hook.got).slice(5)).toEqual(['i-4']);
  expect(hook.got.at(-1)?.headers['selfsame-sequence']).toBe('4');
});

it('O9: what operators change in the server holds in the process of outputs once it is answered', async () => {
  const hook = await receiver();
  const { server, start, arrived } = await serverAlone('http://127.0.0.1:9/');
  await say(server, track('ann', 'i-0'));
  // It begins here, though whoever sends is yet to come.
  expect((await call(server, 'POST', 'outputs', { id: 'second', type: 'webhook', url: hook.url })).status).toBe(201);
  await say(server, track('ann', 'i-1'));
  await start();
  await vi.waitFor(() => expect(names(hook.got)).toEqual(['i-1']), patience);

  const made = await call(server, 'POST', 'connections', { input: 'mixpanel', output: 'second' });
  await say(server, track('ann', 'i-2'));
  const kept = () => call(server, 'GET', 'outputs/second').then(({ body }) => body.kept);
  await vi.waitFor(async () => expect(await kept()).toMatchObject([{ step: 'connection', messages: 1 }]), patience);
  expect((await call(server, 'DELETE', `connections/${made.body.id}?takeAll=true`)).status).toBe(204);
  await say(server, track('ann', 'i-3'));
  await vi.waitFor(() => expect(names(hook.got)).toEqual(['i-1', 'i-3']), patience);

  // Another policy gives the device's time to another person.
  const login = (user: string) => ({ type: 'login', ids: { device: 'd', user } });
  const seen = (insertId: string) => ({ type: 'track', name: 'Seen', insertId, ids: { device: 'd' } });
  await say(server, login('u1'), login('u2'), seen('i-4'));
  expect((await call(server, 'PUT', 'policy', { preset: 'mixpanel-simplified' })).status).toBe(200);
  await say(server, seen('i-5'));
  await vi.waitFor(() => expect(names(hook.got)).toContain('i-5'), patience);
  const { body: owner } = await call(server, 'GET', 'people?kind=user&value=u1');
  const events = hook.got.map(({ body }) => JSON.parse(body)).filter(({ event }) => event !== undefined);
  expect(events.find(({ event }) => event.insertId === 'i-5').person.id).toBe(owner.id);

  expect((await call(server, 'DELETE', 'outputs/second')).status).toBe(204);
  const before = hook.got.length;
  expect((await call(server, 'PUT', 'outputs/hook', { type: 'webhook', url: hook.url })).status).toBe(200);
  await call(server, 'POST', 'outputs/hook/resume');
  await arrived('running');
  expect(names(hook.got.slice(before)).toSorted()).toEqual(['i-0', 'i-1', 'i-2', 'i-3', 'i-4', 'i-5']);
});
