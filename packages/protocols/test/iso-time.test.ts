import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIsoTime } from '../src/time/text.ts';

fc.configureGlobal({ seed: Number(process.env['SELFSAME_SEED']) });

describe('parseIsoTime', () => {
  it.each([
    ['1970-01-01', 0],
    ['1970-01-01T00:00Z', 0],
    ['2024-02-29T12:30:45.123Z', Date.UTC(2024, 1, 29, 12, 30, 45, 123)],
    ['2024-02-29T12:30:45.123999Z', Date.UTC(2024, 1, 29, 12, 30, 45, 123)],
    ['2024-01-01T00:30:00+01:00', Date.UTC(2023, 11, 31, 23, 30)],
    ['2024-01-01T00:30:00-0130', Date.UTC(2024, 0, 1, 2)],
    ['2024-01-01T00:00:00', Date.UTC(2024, 0, 1)],
    ['2024-01-01 00:00:00', Date.UTC(2024, 0, 1)],
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
  ])('reads %s', (text, ms) => expect(parseIsoTime(text)).toBe(ms));

  it.each([
    '',
    'now',
    '2024',
    '2023-02-29',
    '1900-02-29',
    '2024-13-01',
    '2024-00-01',
    '2024-01-32',
    '2024-01-01T24:01Z',
    '2024-01-01T00:60Z',
    '2024-01-01T00:00:00+24:00',
    '2024-01-01T00:00:00Zzz',
    `2024-01-01T00:00:00.${'0'.repeat(50)}Z`,
  ])('refuses %j', (text) => expect(parseIsoTime(text)).toBeUndefined());

  it('agrees with the runtime about every date it writes', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
        (date) => {
          expect(parseIsoTime(date.toISOString())).toBe(date.getTime());
        },
      ),
    );
  });
});
