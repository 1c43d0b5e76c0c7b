import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { conformanceShape } from '../src/api/shapes/project.ts';
import { running, shop } from './running.ts';

test('GET /v1/conformance answers the last run as it was written', async () => {
  const server = await running();
  const response = await fetch(`${server.url}/v1/conformance`, {
    headers: { authorization: `Bearer ${shop.serverKey}` },
  });
  expect(response.status).toBe(200);
  const answer = v.parse(conformanceShape, await response.json());
  const written = new URL('../../../docs/conformance.json', import.meta.url);
  expect(answer).toEqual(JSON.parse(readFileSync(written, 'utf8')));
  expect(new Set(answer.results.map(({ wire }) => wire)).size).toBeGreaterThan(3);
});
