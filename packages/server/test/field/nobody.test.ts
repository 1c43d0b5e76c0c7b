import { expect, test } from 'vitest';
import { site } from './site.ts';

test.each([
  '000000000000',
  '(not set)',
  '[CLY]_temp_id',
  'anonymousId',
  '"null"',
  '{{User ID}}',
  'undefined.undefined',
])('two strangers do not meet on %s, on any wire', async (word) => {
  const { segment, native, names, person } = await site();
  await segment('batch', {
    batch: [
      { type: 'track', anonymousId: word, event: 'Of a stranger', messageId: 's1' },
      { type: 'identify', userId: 'customer', anonymousId: word, messageId: 's2' },
      { type: 'identify', userId: word, anonymousId: 'first', messageId: 's3' },
      { type: 'identify', userId: word, anonymousId: 'second', messageId: 's4' },
    ],
  });
  await native({ items: ['third', 'fourth'].map((device) => ({ type: 'login', ids: { user: word, device } })) });
  expect(await names('user', 'customer')).toEqual([]);
  const people = await Promise.all(['first', 'second', 'third', 'fourth'].map((device) => person('device', device)));
  expect(new Set(people.map(({ id }) => id)).size).toBe(4);
});
