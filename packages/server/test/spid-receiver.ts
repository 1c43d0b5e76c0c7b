import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { expect, onTestFinished } from 'vitest';

/** A client's receiver that gives these answers, the last one for good, and what it was told. */
export async function receiver(...answers: readonly (number | 'never')[]) {
  const bodies: string[] = [];
  let waiting: (() => void)[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    bodies.push(body);
    expect(request.headers['content-type']).toBe('text/plain');
    const answer = answers[bodies.length - 1] ?? answers.at(-1) ?? 202;
    if (answer !== 'never') response.writeHead(answer).end();
    for (const go of waiting) go();
    waiting = [];
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}/spid`,
    bodies,
    async got(count: number) {
      while (bodies.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}

/** What a body says, once its signature holds. */
export function opened(body: string): { entry: { userId: unknown; changedFields: string; time: string }[] } {
  const [signature, payload = ''] = body.split('.');
  expect(createHmac('sha256', 'test').update(payload).digest('base64url')).toBe(signature);
  const value = JSON.parse(Buffer.from(payload, 'base64url').toString());
  expect(Object.keys(value)).toEqual(['object', 'algorithm', 'entry']);
  expect(value).toMatchObject({ object: 'user', algorithm: 'HMAC-SHA256' });
  return value;
}
