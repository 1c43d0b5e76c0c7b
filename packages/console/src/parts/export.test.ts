import { expect, it } from 'vitest';
import { csvOf, tsvOf } from './export.ts';

it('nothing that leaves as a table is run as a formula (S35)', () => {
  for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])
    expect(csvOf(['name'], [[text]])).toContain(`'${text[0]}`);
  expect(csvOf(['n'], [[-1.5]])).toContain('\r\n-1.5\r\n');
});

it('quotes what needs it and keeps the rest', () => {
  expect(
    csvOf(
      ['a', 'b'],
      [
        ['x "y"', 'l1\nl2'],
        [null, 'é'],
      ],
    ),
  ).toBe('\uFEFFa,b\r\n"x ""y""","l1\nl2"\r\n,é\r\n');
  expect(tsvOf(['a'], [['x\ty']])).toBe('a\nx y');
});
