import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { savedQuestionShape, savedQuestionsShape } from '../src/api/shapes/insights.ts';
import { openSavedQuestions } from '../src/console/saved-questions.ts';
import { other, running, shop } from './running.ts';

test('questions are saved with a name, changed and deleted, each project its own, and outlive the server', async () => {
  const server = await running();
  const call = (method: string, path: string, body?: object, key = shop.serverKey) =>
    fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const listed = async (key?: string) =>
    v.parse(savedQuestionsShape, await (await call('GET', '/v1/questions', undefined, key)).json()).questions;

  const address = '/funnel?step=Page+view&step=Sign+up&range=7d';
  const saved = v.parse(
    savedQuestionShape,
    await (await call('POST', '/v1/questions', { name: ' Sign-ups ', address })).json(),
  );
  expect(saved).toMatchObject({ name: 'Sign-ups', address });
  expect(await listed()).toEqual([saved]);
  expect(await listed(other.serverKey)).toEqual([]);

  const path = `/v1/questions/${saved.id}`;
  expect((await call('PUT', path, { name: 'Weekly', address: '/counts' }, other.serverKey)).status).toBe(404);
  expect((await call('PUT', path, { name: 'Weekly', address: '/counts' })).status).toBe(200);
  expect(await listed()).toMatchObject([{ id: saved.id, name: 'Weekly', address: '/counts' }]);
  expect(openSavedQuestions(server.data).of('shop')).toMatchObject([{ name: 'Weekly' }]);
  expect(readFileSync(join(server.data, 'questions.json'), 'utf8')).toContain('Weekly');

  for (const wrong of ['https://elsewhere.example', '//elsewhere.example', '/setup', '/funnel?a=\n', 'javascript:1'])
    expect([wrong, (await call('POST', '/v1/questions', { name: 'x', address: wrong })).status]).toEqual([wrong, 400]);
  expect((await call('DELETE', path, undefined, other.serverKey)).status).toBe(404);
  expect((await call('DELETE', path)).status).toBe(204);
  expect(await listed()).toEqual([]);
});
