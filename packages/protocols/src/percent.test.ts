import { expect, it, vi } from 'vitest';
import { decodePercent, withWholeCharacters } from './percent.ts';

it('reads a name in an address whose encoder took each half of an emoji for one; as sent, where it is broken', () => {
  expect(decodePercent('anna%ED%A0%BC%ED%BC%B3')).toBe('anna\u{1f333}');
  expect(decodePercent('100%')).toBe('100%');
});

it('joins the halves that belong together, and finds the others at one go, however many there are (S22)', () => {
  expect(withWholeCharacters('%ed%a0%bc%ED%A0%bc%ED%bc%B3%ed%bc%b3%ed%95%9c')).toBe(
    '%EF%BF%BD%F0%9F%8C%B3%EF%BF%BD%ed%95%9c',
  );
  const encode = vi.spyOn(globalThis, 'encodeURIComponent');
  expect(withWholeCharacters('%ed%a0%80x'.repeat(10_000))).toBe('%EF%BF%BDx'.repeat(10_000));
  expect(encode).not.toHaveBeenCalled();
  encode.mockRestore();
});
