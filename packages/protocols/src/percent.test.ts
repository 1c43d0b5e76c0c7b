import { expect, it } from 'vitest';
import { decodePercent } from './percent.ts';

it('reads a name in an address whose encoder took each half of an emoji for one; as sent, where it is broken', () => {
  expect(decodePercent('anna%ED%A0%BC%ED%BC%B3')).toBe('anna\u{1f333}');
  expect(decodePercent('100%')).toBe('100%');
});
