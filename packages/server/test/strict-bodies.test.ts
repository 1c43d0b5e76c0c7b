import { expect, test } from 'vitest';
import { routeTable } from '../src/routes/index.ts';
import { callApi } from './hook-receiver.ts';
import { running, shop } from './running.ts';

/** Bodies that are settings: read as the settings file is, once the route has seen what they are for. */
const asSettings = ['/v1/outputs', '/v1/outputs/:id', '/v1/connections', '/v1/connections/:id'];

/** Where a schema, at any depth, has an object that takes fields nobody reads. */
function laxIn(schema: unknown, path: string, seen = new Set<unknown>()): readonly string[] {
  if (typeof schema !== 'object' || schema === null || seen.has(schema)) return [];
  seen.add(schema);
  const lax = 'type' in schema && (schema.type === 'object' || schema.type === 'loose_object');
  return [
    ...(lax ? [path] : []),
    ...Object.entries(schema).flatMap(([name, inside]) => laxIn(inside, `${path}.${name}`, seen)),
  ];
}

test('no body of the API has room for a field that nobody reads', () => {
  const bodies = routeTable.filter(({ body, path }) => body !== undefined && !asSettings.includes(path));
  expect(bodies.length).toBeGreaterThan(15);
  expect(bodies.flatMap(({ method, path, body }) => laxIn(body, `${method} ${path}`))).toEqual([]);
});

const webhook = { type: 'webhook', id: 'hook', url: 'http://127.0.0.1:9/hook' };
const connection = { id: 'mine', input: 'native', output: 'hook' };

test('an unknown field is refused by its name, never ignored in silence', async () => {
  const server = await running({ allowPrivateOutputs: ['127.0.0.1'] });
  const call = (method: string, path: string, body: object) =>
    callApi(server.url, method, `/v1${path}`, body, shop.serverKey);
  expect((await call('POST', '/outputs', webhook)).status).toBe(201);
  expect((await call('POST', '/connections', connection)).status).toBe(201);
  for (const [method, path, body] of [
    ['POST', '/policy/simulate', { policy: { preset: 'by-interval' } }],
    ['POST', '/policy/simulate', { allPresets: true }],
    ['PUT', '/policy', { preset: 'by-interval' }],
    ['POST', '/policy/history/1/restore', {}],
    ['POST', '/retractions?dryRun=true', { entry: 1 }],
    ['POST', '/retractions/1/restore?dryRun=true', {}],
    ['POST', '/claims/1.0/retract?dryRun=true', {}],
    ['POST', '/pins?dryRun=true', { identifier: 'device:d', person: null }],
    ['POST', '/scenarios', { identifiers: ['device:d'] }],
    ['POST', '/people/query', {}],
    ['POST', '/questions', { name: 'Mine', address: '/funnel' }],
    ['POST', '/insights/counts', { from: 0, to: 1 }],
    ['POST', '/outputs', { ...webhook, id: 'other' }],
    ['PUT', '/outputs/hook', webhook],
    ['POST', '/outputs/hook/replay', { from: 0 }],
    ['POST', '/connections', { ...connection, id: 'other' }],
    ['PUT', '/connections/mine', connection],
  ] as const) {
    const answer = await call(method, path, { ...body, noSuchField: 1 });
    expect({ path, status: answer.status, message: answer.body.error?.message }).toEqual({
      path,
      status: 400,
      message: expect.stringContaining('noSuchField: '),
    });
  }
});

test('a body that is not read is told why, and nothing of it', async () => {
  const server = await running();
  const why = async (body: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${server.url}/v1/people/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json', ...headers },
      body,
    });
    return [answer.status, ((await answer.json()) as { error: { message: string } }).error.message];
  };
  expect(await why('{"ann": ')).toEqual([400, 'The body is not JSON.']);
  expect(await why('{"ann":1,"ann":2}')).toEqual([400, 'An object holds the same key twice.']);
  expect(await why(JSON.stringify({ ann: 'x'.repeat(2_000_000) }))).toEqual([
    413,
    'The body is larger than this path takes.',
  ]);
  expect(await why('{}', { 'content-encoding': 'compress' })).toEqual([
    415,
    'A content encoding may be gzip, deflate, br or zstd, once.',
  ]);
  expect(await why('{}', { 'content-type': 'application/x-ann' })).toEqual([
    415,
    'The body must be JSON: send it with content-type: application/json.',
  ]);
});
