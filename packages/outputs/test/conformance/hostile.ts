import { createHmac } from 'node:crypto';
import type { Link, Reply } from '../../src/index.ts';

/** What a hostile receiver says, `sent` being the body of the call: it may say it back. */
export type Word = (sent: string) => Reply;

/** Answers that say that nothing was taken, in every way that a receiver may put it. */
export const refusals: readonly (readonly [name: string, word: Word])[] = [
  ...[301, 302, 307, 308, 408, 425, 429, 500, 502, 503, 504].map(
    (status) => [`${status}`, () => ({ status, body: '' })] as const,
  ),
  ...['ECONNREFUSED', 'ECONNRESET', 'timed out'].map((failure) => [failure, () => ({ failure })] as const),
  ['503, and to wait for ever', () => ({ status: 503, body: '', retryAfter: Number.MAX_SAFE_INTEGER })],
  ['500 with what it was sent', (sent) => ({ status: 500, body: sent })],
];

/** Answers that no receiver should give. */
export const nonsense: readonly (readonly [name: string, word: Word])[] = [
  ...['', '0', 'null', '[]', '"', '{"status":0}', '<html>', '[[[[[[', '{"failed_records":{}}', '\u0000'].flatMap(
    (body) =>
      [200, 202, 400, 413].map((status) => [`${status} ${JSON.stringify(body)}`, () => ({ status, body })] as const),
  ),
  ...[200, 400, 413, 422].map(
    (status) => [`${status} with what it was sent`, (sent: string) => ({ status, body: sent })] as const,
  ),
  [
    '400 that names records there are none of, and fields by what it was sent',
    (sent) => ({
      status: 400,
      body: JSON.stringify({
        code: 400,
        failed_records: [
          null,
          7,
          {},
          { index: -1 },
          { index: 1e9 },
          { index: '0' },
          { index: 0, field: sent, message: sent },
        ],
      }),
    }),
  ],
  ['410', () => ({ status: 410, body: '' })],
];

export interface Call {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A way out that leads to one receiver, and what was sent there. */
export function hostileLink(word: Word): { readonly link: Link; readonly calls: readonly Call[] } {
  const calls: Call[] = [];
  const link: Link = {
    now: () => Date.UTC(2026, 0, 1),
    hmac: (secret, text) => createHmac('sha256', secret).update(text).digest('base64'),
    async post(url, { headers, body }) {
      calls.push({ url, headers, body });
      return word(body);
    },
  };
  return { link, calls };
}
