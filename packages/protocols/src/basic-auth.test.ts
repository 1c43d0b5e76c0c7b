import { expect, it } from 'vitest';
import { basicAuth } from './basic-auth.ts';

it.each([
  ['the rule', 'Basic a2V5OnNlY3JldA==', 'key', 'secret'],
  ['a client of few words', 'basic  a2V5 ', 'key', ''],
  ['analytics-roku 2.0, a colon behind the scheme and none behind the key', 'Basic: a2V5', 'key', ''],
  ['no proof, which is not the same as none shown (S9)', 'Basic !', '', ''],
  ['another scheme', 'Bearer key', '', ''],
])('%s', (_who, header, user, secret) => expect(basicAuth(header)).toEqual({ user, secret }));

it('no header', () => expect(basicAuth(undefined)).toBeUndefined());
