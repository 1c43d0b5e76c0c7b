import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { routeTable } from '../src/routes/index.ts';
import { running } from './running.ts';

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
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Record<string, unknown> }>> };
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
