import { expect, onTestFinished } from 'vitest';
import type { LiveItem } from '../src/api.ts';
import { shop, type TestServer } from './running.ts';

/** The items of a live stream, as they come. Closed when the test ends. */
export async function* streamed<T = LiveItem>(
  server: TestServer,
  query = '',
  headers: Record<string, string> = {},
  key = shop.serverKey,
): AsyncGenerator<T> {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const response = await fetch(`${server.url}/v1/live${query}`, {
    headers: { ...(key === '' ? {} : { authorization: `Bearer ${key}` }), ...headers },
    signal: stop.signal,
  });
  expect(response.headers.get('content-type')).toMatch('text/event-stream');
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
      text = text.slice(end + 2);
      if (data !== undefined) yield JSON.parse(data) as T;
    }
  }
}

/** The next items of a stream. */
export async function take<T>(stream: AsyncGenerator<T>, count: number): Promise<T[]> {
  const items: T[] = [];
  while (items.length < count) items.push((await stream.next()).value as T);
  return items;
}
