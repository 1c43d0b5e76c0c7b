import { rmSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import type { OutgoingItem } from '../src/api.ts';
import { startServer } from '../src/index.ts';
import { checkSettings } from '../src/settings/load.ts';
import { arrived, callApi, type Got, receiver } from './hook-receiver.ts';
import { batch, other, patience, running, shop, type TestServer, track } from './running.ts';
import { streamed, take } from './stream.ts';

const outgoing = (server: TestServer, query: string) => streamed<OutgoingItem>(server, query);

const opened = { allowPrivateOutputs: ['127.0.0.1'] };

const call = (server: { readonly url: string }, method: string, path: string, body?: object, key = shop.serverKey) =>
  callApi(server.url, method, `/v1${path}`, body, key);

/** A server with a webhook, and what the webhook got. */
async function withHook(more: object = {}) {
  const hook = await receiver();
  const server = await running({ ...opened, ...more });
  const made = await call(server, 'POST', '/outputs', { id: 'hook', type: 'webhook', url: hook.url });
  expect(made.status).toBe(201);
  return { server, got: hook.got };
}

const namesIn = (got: readonly Got[]): readonly string[] =>
  got.map(({ body }) => JSON.parse(body)).map((one) => one.event?.name ?? one.type);

const said = (server: TestServer, name: string, key = shop.serverKey) =>
  batch(server.url, key, [{ type: 'track', name, ids: { user: 'ann' } }]);

describe('/v1/connections', () => {
  it('makes, shows, changes and takes out a connection', async () => {
    const { server } = await withHook();
    const made = await call(server, 'POST', '/connections', { input: 'native:server', output: 'hook' });
    expect(made).toMatchObject({
      status: 201,
      body: {
        id: 'native-server-to-hook',
        input: 'native:server',
        output: 'hook',
        active: true,
        settings: { customEvents: true, userAttributeChange: false, batchLocation: false },
        filters: {},
        rules: [],
        sent: 0,
        failed: 0,
        kept: [],
      },
    });
    const changed = await call(server, 'PUT', '/connections/native-server-to-hook', {
      input: 'native',
      output: 'hook',
      settings: { screenViews: false },
      filters: { identities: ['email'] },
      rules: [{ do: 'drop', when: { event: 'Debug' } }],
    });
    expect(changed.body).toMatchObject({ input: 'native', settings: { screenViews: false, customEvents: true } });
    expect((await call(server, 'GET', '/connections/native-server-to-hook')).body).toEqual(changed.body);
    expect((await call(server, 'GET', '/connections')).body.connections).toEqual([changed.body]);
    expect((await call(server, 'GET', '/outputs/hook')).body.connections).toEqual(['native-server-to-hook']);
    expect((await call(server, 'GET', '/connections', undefined, other.serverKey)).body.connections).toEqual([]);

    const last = await call(server, 'DELETE', '/connections/native-server-to-hook');
    expect([last.status, last.body.error.code]).toEqual([409, 'last_connection']);
    expect((await call(server, 'DELETE', '/connections/native-server-to-hook?takeAll=true')).status).toBe(204);
    expect((await call(server, 'GET', '/connections/native-server-to-hook')).status).toBe(404);
    expect((await call(server, 'GET', '/outputs/hook')).body.connections).toEqual([]);
  });

  it('says what is wrong with one, by the names of its fields', async () => {
    const { server } = await withHook();
    const refused = async (body: object, path = '', method = 'POST') => {
      const answer = await call(server, method, `/connections${path}`, body);
      return `${answer.status} ${answer.body.error.message}`;
    };
    const fine = { input: 'all', output: 'hook' };
    expect(await refused({ ...fine, input: 'Some Thing' })).toMatch(/^400 .*input: is no input; use all, a wire/);
    // Nothing would ever come by it, and nothing but it would go out.
    for (const input of ['nativ', 'mparticel:server', 'mparticle:private', 'native:'])
      expect(await refused({ ...fine, input })).toMatch(/^400 .*input: is no input; use all, a wire/);
    expect(await refused({ ...fine, output: 'nowhere' })).toMatch(/^400 .*output: is no output of this project/);
    expect(await refused({ ...fine, settings: { screenview: true } })).toMatch(
      /^400 .*settings.screenview: is no setting/,
    );
    expect(await refused({ ...fine, rules: [{ do: 'sample', percent: 200 }] })).toMatch(/^400 .*is above 100/);
    expect(await refused(fine, '/none', 'PUT')).toMatch(/^404/);
    expect((await call(server, 'POST', '/connections', fine)).status).toBe(201);
    expect(await refused(fine)).toMatch(/^409 .*change it with PUT/);
    expect(await refused({ ...fine, id: 'again' })).toMatch(
      /^409 .*all-to-hook joins this input and this output already/,
    );
    expect((await call(server, 'POST', '/connections', fine, shop.publicKey)).status).toBe(403);
  });

  it('decides what goes out from then on, and counts what it kept and why', async () => {
    const { server, got } = await withHook();
    await said(server, 'Before');
    await arrived(got, 1);
    await call(server, 'POST', '/connections', {
      id: 'c',
      input: 'native:server',
      output: 'hook',
      rules: [
        { do: 'drop', when: { event: 'Debug' } },
        { do: 'rename', when: { event: 'Order Completed' }, to: 'Bought' },
      ],
    });
    await said(server, 'Debug');
    await said(server, 'From a page', shop.publicKey);
    await said(server, 'Order Completed');
    await arrived(got, 2);
    expect(namesIn(got)).toEqual(['Before', 'Bought']);
    // What a connection keeps is no gap.
    expect(got[1]!.headers).toMatchObject({ 'selfsame-sequence': '2' });
    expect(got[1]!.headers['selfsame-gap']).toBeUndefined();
    await vi.waitFor(async () => {
      const { body } = await call(server, 'GET', '/connections');
      expect(body.connections[0]).toMatchObject({
        sent: 1,
        failed: 0,
        kept: [{ step: 'rules', why: 'rule 1 drops it', messages: 1 }],
      });
      expect(body.inputs).toEqual([
        { input: 'native:server', received: 3 },
        { input: 'native:public', received: 1 },
      ]);
    }, patience);
    expect((await call(server, 'GET', '/outputs/hook')).body.kept).toEqual([
      { step: 'rules', why: 'rule 1 drops it', messages: 1 },
      {
        step: 'connection',
        why: 'no connection of this output takes what comes by native with a public key',
        messages: 1,
      },
    ]);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/selfsame_output_kept_total\{output="hook",step="rules"\} 1/);
  });

  it('O9: also what waited goes by the connection as it is when it is sent', async () => {
    const { server, got } = await withHook();
    await call(server, 'POST', '/connections', { id: 'c', input: 'all', output: 'hook' });
    await call(server, 'POST', '/outputs/hook/pause');
    await said(server, 'Held');
    await call(server, 'PUT', '/connections/c', { input: 'all', output: 'hook', active: false });
    await call(server, 'POST', '/outputs/hook/resume');
    await vi.waitFor(
      async () =>
        expect((await call(server, 'GET', '/outputs/hook')).body).toMatchObject({ lag: { positions: 0 }, held: 0 }),
      patience,
    );
    await call(server, 'PUT', '/connections/c', { input: 'all', output: 'hook' });
    await said(server, 'After');
    await arrived(got, 1);
    expect(namesIn(got)).toEqual(['After']);
  });

  it('outlives a restart, and goes with its output', async () => {
    const { server, got } = await withHook();
    await call(server, 'POST', '/connections', { id: 'c', input: 'xo', output: 'hook' });
    await server.stop();
    const again = await startServer(
      { config: `${server.data}/../settings.json`, data: server.data, port: 0, host: '127.0.0.1' },
      { foreground: false, logTo: { write: () => {} } },
    );
    try {
      expect((await call(again, 'GET', '/connections/c')).body).toMatchObject({ input: 'xo', active: true });
      await batch(again.url, shop.serverKey, [track('ann')]);
      await vi.waitFor(
        async () =>
          expect((await call(again, 'GET', '/outputs/hook')).body.kept).toMatchObject([
            { step: 'connection', messages: 1 },
          ]),
        patience,
      );
      expect(got).toEqual([]);
      await call(again, 'DELETE', '/outputs/hook');
      expect((await call(again, 'GET', '/connections')).body.connections).toEqual([]);
    } finally {
      await again.stop();
      rmSync(server.data, { recursive: true, force: true });
    }
  });
});

describe('connections of the settings file', () => {
  const hook = { id: 'hook', type: 'webhook', url: 'https://example.com', secret: `whsec_${'a'.repeat(32)}` };
  const project = (connections: readonly object[]) => ({ ...shop, outputs: [hook], connections });

  it('are there from the start; one is changed here and taken out there', async () => {
    const server = await running({ projects: [project([{ id: 'c', input: 'spid', output: 'hook' }]), other] });
    expect((await call(server, 'GET', '/connections/c')).body).toMatchObject({ input: 'spid', rules: [] });
    await call(server, 'PUT', '/connections/c', { input: 'spid', output: 'hook', active: false });
    expect((await call(server, 'GET', '/connections/c')).body.active).toBe(false);
    const refused = await call(server, 'DELETE', '/connections/c?takeAll=true');
    expect([refused.status, refused.body.error.code]).toEqual([409, 'configured']);
  });

  it('stop the start when they lead nowhere or two would decide the same', () => {
    const problems = (connections: readonly object[]) => {
      try {
        checkSettings({ projects: [project(connections)] }, 'a test');
        return 'none';
      } catch (error) {
        return String(error);
      }
    };
    const fine = { id: 'c', input: 'all', output: 'hook' };
    expect(problems([fine])).toBe('none');
    expect(problems([{ ...fine, output: 'hok' }])).toContain(
      'projects[0].connections[0].output: is no output of this project',
    );
    expect(problems([fine, { ...fine, id: 'd' }])).toContain(
      'projects[0].connections[1]: has the input and output of projects[0].connections[0] again',
    );
    expect(problems([fine, { ...fine, input: 'xo' }])).toContain('has the id of projects[0].connections[0] again');
    for (const input of ['x y', 'segmnt:public']) expect(problems([{ ...fine, input }])).toContain('is no input');
  });
});

describe('GET /v1/live of what goes out', () => {
  it('shows every message with what became of it, and of what was kept the step and why', async () => {
    const { server } = await withHook();
    await call(server, 'POST', '/connections', {
      id: 'c',
      input: 'native:server',
      output: 'hook',
      settings: { screenViews: false },
      filters: { events: ['Secret'] },
      rules: [{ do: 'drop', when: { event: 'Debug' } }],
    });
    const stream = outgoing(server, '?direction=out');
    await said(server, 'From a page', shop.publicKey);
    for (const name of ['page', 'Secret', 'Debug', 'Bought']) await said(server, name);
    const all = await take(stream, 5);
    expect(all.map(({ name, outcome, step, reason }) => [name, outcome, step, reason])).toEqual([
      [
        'From a page',
        'kept',
        'connection',
        'no connection of this output takes what comes by native with a public key',
      ],
      ['page', 'kept', 'settings', 'the connection’s switch screenViews is off'],
      ['Secret', 'kept', 'filters', 'the connection’s filter events names it'],
      ['Debug', 'kept', 'rules', 'rule 1 drops it'],
      ['Bought', 'sent', null, null],
    ]);
    expect(all[4]).toMatchObject({
      output: 'hook',
      connection: 'c',
      type: 'event',
      wire: 'native',
      logPosition: 5,
      known: true,
      replay: false,
      ids: [{ kind: 'user', value: 'ann' }],
      messageId: expect.stringMatching(/^msg_/),
    });
    const found = outgoing(server, '?direction=out&q=DEBUG&after=0');
    expect(await take(found, 1)).toMatchObject([{ name: 'Debug', messageId: null }]);
    // Without being asked for, and beside a verdict, what goes out is not shown.
    const both = await take(outgoing(server, '?direction=both&after=0'), 10);
    expect(both.filter((one) => 'output' in one)).toHaveLength(5);
    expect(await take(outgoing(server, '?after=0'), 5)).toSatisfy((items: readonly object[]) =>
      items.every((one) => !('output' in one)),
    );
  });

  it('names consent as the step, and a receiver that fails', async () => {
    const hook = await receiver(500, 200);
    const server = await running({
      projects: [
        { ...shop, outputs: [{ id: 'hook', type: 'webhook', url: hook.url, secret: `whsec_${'a'.repeat(32)}` }] },
        other,
      ],
      ...opened,
    });
    const stream = outgoing(server, '?direction=out');
    await said(server, 'Fails');
    expect(await take(stream, 1)).toMatchObject([{ outcome: 'retry', reason: 'the receiver answered 500' }]);
    await call(server, 'POST', '/outputs/hook/pause');
    await batch(server.url, shop.serverKey, [
      { type: 'track', name: 'Held', ids: { user: 'bob' } },
      { type: 'consent', ids: { user: 'bob' }, consent: 'denied' },
    ]);
    await call(server, 'POST', '/outputs/hook/resume');
    expect(await take(outgoing(server, '?direction=out&name=Held'), 1)).toMatchObject([
      { outcome: 'kept', step: 'consent', reason: 'consent was denied' },
    ]);
  });
});
