import * as crypto from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { createConsoleSessions } from '../src/console/session.ts';
import { running } from './running.ts';

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof crypto>();
  return { ...real, timingSafeEqual: vi.fn(real.timingSafeEqual) };
});
const compared = vi.mocked(crypto.timingSafeEqual);

/** A text that differs from another in its first or its last letter. */
const nearly = (text: string, at: 'first' | 'last') => {
  const other = (letter: string) => (letter === 'A' ? 'B' : 'A');
  return at === 'first' ? other(text[0] as string) + text.slice(1) : text.slice(0, -1) + other(text.at(-1) as string);
};

test('the console’s token, its cookies and the key of /metrics are compared whole, as digests of one length (S4)', async () => {
  const sessions = createConsoleSessions(Buffer.alloc(32, 7), () => 1_000);
  const { cookie } = sessions.open(sessions.token, '127.0.0.1') as { cookie: string };
  const { url } = await running({ metrics: { key: 'scrape-me' } });
  const metrics = async (key: string) =>
    (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${key}` } })).ok;
  const ways: readonly (readonly [right: string, opens: (given: string) => boolean | Promise<boolean>])[] = [
    [sessions.token, (given) => typeof sessions.open(given, '127.0.0.1') === 'object'],
    [cookie, (given) => sessions.isOpen(given)],
    ['scrape-me', metrics],
  ];
  for (const [right, opens] of ways)
    for (const given of [right, nearly(right, 'last'), `${right}x`, right.slice(0, -1)]) {
      compared.mockClear();
      expect(await opens(given)).toBe(given === right);
      expect(compared).toHaveBeenCalledOnce();
      const lengths = compared.mock.calls[0]?.map((one) => one.byteLength);
      expect(lengths).toEqual([32, 32]);
    }
});
