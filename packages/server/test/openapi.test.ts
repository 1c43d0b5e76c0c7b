import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { routeTable } from '../src/routes/index.ts';
import { running, shop } from './running.ts';

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: object;
  }[];
  readonly responses: Readonly<Record<string, unknown>>;
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, { readonly schema: Record<string, unknown> }>>;
  };
}

test('/openapi.json is a valid OpenAPI 3.1 document of every route, open to all', async () => {
  const server = await running();
  const response = await fetch(`${server.url}/openapi.json`);
  expect(response.status).toBe(200);
  const document = (await response.json()) as Document;
  const checked = await new Validator().validate(document as unknown as Record<string, unknown>);
  expect(checked.errors ?? []).toEqual([]);
  const config = await createConfig({ extends: ['recommended'] });
  const source = JSON.stringify(document);
  const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config });
  expect(problems.map(({ ruleId, message }) => [ruleId, message])).toEqual([]);
  expect(document.openapi).toBe('3.1.0');

  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const served = routeTable.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
  expect(described.sort()).toEqual(['POST /v1/batch', ...served].sort());

  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  const names = operations.map((one) => one.operationId);
  expect(new Set(names).size).toBe(names.length);
});

test('it says what a call takes', async () => {
  const server = await running();
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;
  const parameters = (path: string) =>
    paths[path]?.['get']?.parameters?.map((one) => `${one.name} in ${one.in}${one.required ? ', required' : ''}`);
  expect(parameters('/v1/people')).toEqual([
    'kind in query, required',
    'value in query, required',
    'at in query',
    'asOf in query',
  ]);
  expect(parameters('/v1/people/{id}/events')).toEqual([
    'id in path, required',
    'limit in query',
    'before in query',
    'asOf in query',
  ]);
  expect(paths['/v1/insights/funnel']?.['post']?.requestBody?.content['application/json']?.schema).toMatchObject({
    type: 'object',
    required: ['steps'],
    additionalProperties: false,
    properties: {
      steps: { type: 'array', items: { required: ['event'] } },
      from: { anyOf: [{ type: 'string' }, { type: 'number' }] },
    },
  });
});

test('it says with what a call is answered', async () => {
  const server = await running({ allowPrivateOutputs: ['127.0.0.1'] });
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;
  const hook = { id: 'hook', type: 'webhook', url: 'http://127.0.0.1:9/' };
  const joined = { id: 'all', input: 'all', output: 'hook' };

  const question = { name: 'How many', address: '/funnel?step=Seen' };
  const calls: readonly (readonly [status: number, method: string, path: string, place: string, body?: unknown])[] = [
    [201, 'post', '/v1/outputs', '', hook],
    [409, 'post', '/v1/outputs', '', hook],
    [202, 'post', '/v1/outputs/{id}/replay', 'hook', { dead: true }],
    [201, 'post', '/v1/connections', '', joined],
    [409, 'post', '/v1/connections', '', joined],
    [409, 'delete', '/v1/connections/{id}', 'all'],
    [202, 'post', '/v1/policy/simulate', '', { policy: { preset: 'xo' } }],
    [404, 'delete', '/v1/policy/change', ''],
    [404, 'delete', '/v1/policy/former', ''],
    [404, 'post', '/v1/retractions', '', { entry: 7, reason: 'why' }],
    [404, 'post', '/v1/pins', '', { identifier: 'user:nobody', person: null, reason: 'why' }],
    [404, 'get', '/v1/suspicious/cure?of=user:nobody', ''],
    [404, 'get', '/v1/people?kind=user&value=nobody', ''],
    [200, 'post', '/v1/questions', '', question],
    [413, 'post', '/v1/questions', '', { ...question, name: 'x'.repeat(2_000_000) }],
    [415, 'post', '/v1/questions', '', 'no JSON'],
  ];
  for (const [status, method, path, place, body] of calls) {
    const answer = await fetch(server.url + path.replace('{id}', place), {
      method,
      headers: {
        authorization: `Bearer ${shop.serverKey}`,
        ...(body === undefined ? {} : { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    expect([method, path, answer.status, await answer.text()]).toEqual([method, path, status, expect.any(String)]);
    const described = paths[path.replace(/\?.*/, '')]?.[method];
    expect(Object.keys(described?.responses ?? {}), `${method} ${path}`).toContain(String(status));
  }
  // What is always 201 is never 200.
  expect(Object.keys(paths['/v1/outputs']?.['post']?.responses ?? {})).not.toContain('200');
  expect(paths['/v1/claims/{id}/retract']?.['post']?.requestBody?.required).toBe(false);
});
