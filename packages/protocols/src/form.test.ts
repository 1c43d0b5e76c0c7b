import { expect, it } from 'vitest';
import { readForm } from './form.ts';

it('reads a field whose encoder took each half of an emoji for one', () => {
  const form = readForm('traits=%7B%22c%22%3A%22%ED%A0%BC%ED%BC%B3+%ed%a0%bcx%ed%95%9c%22%7D&broken=%E9');
  expect([...form]).toEqual([
    ['traits', '{"c":"\u{1f333} \ufffdx\ud55c"}'],
    ['broken', '%E9'],
  ]);
});

it('reads so many fields and no more, however long a form is (S19)', () => {
  const fields = Array.from({ length: 100_000 }, (_, i) => `${i}=%`);
  expect([...readForm(fields.join('&')).keys()]).toEqual(Array.from({ length: 1_000 }, (_, i) => `${i}`));
});
