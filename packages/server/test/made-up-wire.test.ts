import { presets } from '@selfsame/identity';
import { type Wire, wires } from '@selfsame/protocols';
import { describe, expect, test } from 'vitest';
import { type ConfigError, checkSettings } from '../src/settings/load.ts';
import { arrived, callApi, receiver } from './hook-receiver.ts';
import { batch, running, shop, signIn } from './running.ts';

const json = (status: number, value: object) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});

/** A wire of a vendor that does not exist, as its folder would bring it: `GET /acme/{key}/{device}` is a visit. */
const acme: Wire = {
  name: 'acme',
  label: 'Acme Analytics',
  keys: { own: 'must', plain: (key) => key.toUpperCase() },
  settings: {
    region: { is: 'one of', of: ['eu', 'us'] },
    seats: { is: 'whole number', least: { value: 1, says: 'seats nobody; leave it out' } },
    tellUrl: { is: 'web address' },
    grade: { is: 'word', read: (text) => ({ A: 'first' })[text], says: 'is no grade of Acme; use A' },
  },
  presets: [{ name: 'segment', label: 'Acme, as they do it' }],
  policy: (preset, _settings, hasKey) => (hasKey ? { ...preset, protectedTraits: ['grade'] } : preset),
  // What a backend tells us is seen by Acme, too.
  beside: (told, { project }) =>
    told.map(({ item }) => ({
      before: [],
      item,
      after:
        item.type === 'statement' && 'ids' in item.statement.command
          ? [visit(project, 2, 'acme told', item.statement.command.ids[0]?.value ?? '')]
          : [],
    })),
  callbacks: {
    id: 'acme-callbacks',
    setting: 'tellUrl',
    metrics: {
      attempts: { name: 'selfsame_acme_callbacks_total', help: 'Attempts to tell Acme.' },
      waiting: { name: 'selfsame_acme_notices_waiting', help: 'What Acme is yet to be told.' },
    },
    output: (url, project, host) => ({
      takes: new Set(['event']),
      order: 'lane',
      batch: { items: 1, bytes: 100_000 },
      atOnce: 1,
      render: ({ message }) => (message.kind === 'event' ? { body: message.event.name } : 'skip'),
      async send(rendered, link) {
        const body = rendered.map((one) => one.body).join();
        const signed = Buffer.from(host.hmac(project, 'signing', body)).toString('hex');
        const reply = await link.post(url, { headers: { 'x-acme': signed }, body, timeoutMs: 10_000 });
        return rendered.map(() => ('failure' in reply ? { type: 'retry', why: reply.failure } : { type: 'done' }));
      },
      probe: async () => ({ type: 'done' }),
    }),
  },
  headers: () => ({}),
  refuse: (_request, status, message) => json(status, { acme: message }),
  projectOf: ({ path }, host) => host.publicKey('acme', path.split('/')[1] ?? '')?.project,
  read({ path }, host) {
    const [, key = '', device = ''] = path.split('/');
    const access = host.publicKey('acme', key);
    if (access === undefined) return { type: 'answer', reply: json(401, { acme: 'who are you?' }) };
    return {
      type: 'items',
      items: [visit(access.project, access.trust, 'acme seen', device)],
      reply: ([verdict]) => json(200, { acme: verdict?.status, region: access.settings['region'] ?? 'eu' }),
    };
  },
};

const visit = (project: string, trust: 0 | 1 | 2 | 3, name: string, value: string) =>
  ({
    type: 'statement',
    statement: {
      project,
      wire: 'acme',
      trust,
      command: { type: 'Track', ids: [{ kind: 'device', value }], name, properties: {} },
    },
  }) as const;

/** The one list, with one line more. */
const withAcme: readonly Wire[] = [...wires, acme];

describe('a wire is added as a folder and a line', () => {
  test('its settings and keys are checked, and said in the words of all the others', () => {
    const problems = (project: object, spoken: readonly Wire[]): readonly string[] => {
      try {
        checkSettings({ projects: [{ ...shop, ...project }] }, 'a test', undefined, spoken);
        return [];
      } catch (error) {
        return (error as ConfigError).problems;
      }
    };
    const good = { keys: { acme: 'k' }, speaks: ['acme'], wires: { acme: { region: 'us', seats: 3, grade: 'A' } } };
    expect(problems(good, withAcme)).toEqual([]);
    expect(problems({ keys: { acme: 'k' } }, wires)).toEqual([
      'projects[0].keys.acme: is no setting; known here: xo, spid',
    ]);
    const acmes = { region: 'asia', seats: 0, tellUrl: 'ftp://x', grade: 'B', size: 1 };
    expect(problems({ wires: { acme: acmes } }, withAcme)).toEqual([
      'projects[0].wires.acme.region: "asia" is not what belongs here; use "eu", "us"',
      'projects[0].wires.acme.seats: 0 seats nobody; leave it out',
      'projects[0].wires.acme.tellUrl: "ftp://x" is no web address; begin it with https://',
      'projects[0].wires.acme.grade: "B" is no grade of Acme; use A',
      'projects[0].wires.acme.size: is no setting; known here: region, seats, tellUrl, grade',
    ]);
    // What may be a key is not said again (S3).
    expect(problems({ keys: { acme: '' }, wires: { acme: 'a-secret' } }, withAcme)).toEqual([
      'projects[0].keys.acme: is empty; give it a value',
      'projects[0].wires.acme: is not what belongs here; use Object',
    ]);
  });

  test('two projects do not share a key of its own, however it is written', () => {
    const projects = [
      { ...shop, keys: { acme: 'Key' } },
      { id: 'b', publicKey: 'b', serverKey: 'c', signingSecret: 'd', keys: { acme: 'kEY' } },
    ];
    expect(() => checkSettings({ projects }, 'a test', undefined, withAcme)).toThrow(
      'projects[1].keys.acme: is the key of projects[0].keys.acme again',
    );
  });

  test('its key opens, its settings reach it, its policy holds, its name and its presets are told, its callbacks run', async () => {
    const hook = await receiver();
    const projects = [
      { ...shop, keys: { acme: 'Acme-Key' }, wires: { acme: { region: 'us', tellUrl: hook.url } } },
      { id: 'other', publicKey: 'p', serverKey: 'other-key', signingSecret: 'test' },
    ];
    const server = await running({ projects, allowPrivateOutputs: ['127.0.0.1'] }, { wires: withAcme });
    const { url } = server;
    const api = (method: string, path: string, body?: object) => callApi(url, method, path, body, shop.serverKey);

    const seen = await fetch(`${url}/acme/aCME-kEY/till`);
    expect([seen.status, await seen.json()]).toEqual([200, { acme: 'applied', region: 'us' }]);
    // It must have a key of its own: a public key opens nothing, here or in the project that has none.
    for (const key of ['p', shop.publicKey]) expect((await fetch(`${url}/acme/${key}/till`)).status).toBe(401);
    await arrived(hook.got, 1);
    expect(hook.got[0]).toMatchObject({
      body: 'acme seen',
      headers: { 'x-acme': expect.stringMatching(/^[0-9a-f]{64}$/) },
    });

    expect((await batch(url, shop.serverKey, [{ type: 'track', name: 'Ordered', ids: { user: 'u' } }])).status).toBe(
      200,
    );
    expect((await batch(url, 'other-key', [{ type: 'track', name: 'Ordered', ids: { user: 'u' } }])).status).toBe(200);
    const counts = (key: string) => callApi(url, 'GET', '/v1/stats', undefined, key);
    expect((await counts(shop.serverKey)).body.wires).toMatchObject({ acme: { applied: 2 }, native: { applied: 1 } });
    expect((await counts('other-key')).body.wires).not.toHaveProperty('acme');
    await arrived(hook.got, 3);
    expect(hook.got.map(({ body }) => body).sort()).toEqual(['Ordered', 'acme seen', 'acme told']);

    expect((await api('GET', '/v1/policy')).body).toMatchObject({ protectedTraits: ['grade'] });
    expect((await callApi(url, 'GET', '/v1/policy', undefined, 'other-key')).body).toMatchObject({
      protectedTraits: [],
    });
    expect((await api('GET', '/v1/outputs')).body.outputs).toMatchObject([
      { id: 'acme-callbacks', type: 'acme-callbacks' },
    ]);
    expect((await api('POST', '/v1/connections', { input: 'acme:public', output: 'acme-callbacks' })).status).toBe(201);
    const none = await api('POST', '/v1/connections', { input: 'acmee', output: 'acme-callbacks' });
    expect(none.body.error.message).toContain('segment, acme)');

    const session = await fetch(`${url}/v1/session`, { headers: { cookie: await signIn(server) } });
    expect(((await session.json()) as { wires: unknown[] }).wires.at(-1)).toEqual({
      name: 'acme',
      label: 'Acme Analytics',
      presets: acme.presets,
    });
    for (const { name } of acme.presets ?? []) expect(presets).toHaveProperty([name]);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      'selfsame_acme_callbacks_total{outcome="delivered"} 3',
    );
  });
});
