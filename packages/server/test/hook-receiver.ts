import { createServer } from 'node:http';
import { expect, onTestFinished, vi } from 'vitest';
import { patience } from './running.ts';

/** What a receiver got. */
export interface Got {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A receiver on 127.0.0.1 that answers with the next of these statuses, and with the last from then on. */
export async function receiver(...statuses: readonly number[]) {
  const got: Got[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    got.push({ headers: request.headers as Record<string, string>, body });
    response.writeHead(statuses[Math.min(got.length, statuses.length) - 1] ?? 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/hook?token=hidden`, got };
}

export const arrived = (got: readonly Got[], n: number) =>
  vi.waitFor(() => expect(got.length).toBeGreaterThanOrEqual(n), patience);

/** Calls the native API with a server key. */
export async function callApi(url: string, method: string, path: string, body: object | undefined, key: string) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}
