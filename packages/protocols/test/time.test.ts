import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUnfilled, readTime, whenOf } from '../src/time/read.ts';

fc.configureGlobal({ seed: Number(process.env['SELFSAME_SEED']) });

const half = Date.UTC(2026, 10, 20, 10, 20, 30, 500);
const whole = Date.UTC(2026, 10, 20, 10, 20, 30);
const minute = Date.UTC(2026, 10, 20, 10, 20);
const day = Date.UTC(2026, 10, 20);

describe('a time as programs print it', () => {
  it.each([
    ['PostgreSQL', '2026-11-20 10:20:30.5+00', half],
    ['PostgreSQL, half an hour', '2026-11-20 15:50:30.5+05:30', half],
    ['PostgreSQL SQL', '11/20/2026 10:20:30.5 UTC', half],
    ['PostgreSQL German', '20.11.2026 10:20:30.5 UTC', half],
    ['PostgreSQL Postgres', 'Fri Nov 20 10:20:30.5 2026 UTC', half],
    ['BigQuery', '2026-11-20 10:20:30.500000 UTC', half],
    ['MySQL', '2026-11-20 10:20:30', whole],
    ['Go String()', '2026-11-20 10:20:30.5 +0000 UTC', half],
    ['Go String() with its monotonic clock', '2026-11-20 11:20:30.5 +0100 CET m=+0.000012345', half],
    ['Go String() of a zone without a name', '2026-11-20 15:50:30.5 +0530 +0530', half],
    ['Go RFC3339Nano', '2026-11-20T10:20:30.500000123Z', half],
    ['Go UnixDate', 'Fri Nov 20 10:20:30 UTC 2026', whole],
    ['Go RubyDate', 'Fri Nov 20 10:20:30 +0000 2026', whole],
    ['Go RFC822', '20 Nov 26 10:20 UTC', minute],
    ['Go log', '2026/11/20 10:20:30.500000', half],
    ['Python str', '2026-11-20 10:20:30.500000+00:00', half],
    ['Python isoformat', '2026-11-20T10:20:30.500000', half],
    ['Python time.time()', '1795170030.5', half],
    ['.NET o', '2026-11-20T10:20:30.5000000Z', half],
    ['.NET u', '2026-11-20 10:20:30Z', whole],
    ['.NET r', 'Fri, 20 Nov 2026 10:20:30 GMT', whole],
    ['.NET invariant', '11/20/2026 10:20:30', whole],
    ['.NET en-US', '11/20/2026 10:20:30 AM', whole],
    ['.NET DateTimeOffset', '11/20/2026 10:20:30 AM +00:00', whole],
    ['.NET JSON', '/Date(1795170030500+0000)/', half],
    ['.NET ticks', 639_307_668_305_000_000, half],
    ['Ruby', '2026-11-20 10:20:30 +0000', whole],
    ['Ruby UTC', '2026-11-20 10:20:30 UTC', whole],
    ['HTTP', 'Fri, 20 Nov 2026 10:20:30 GMT', whole],
    ['HTTP, RFC 850', 'Friday, 20-Nov-26 10:20:30 GMT', whole],
    ['HTTP, asctime', 'Fri Nov 20 10:20:30 2026', whole],
    ['RFC 2822', 'Fri, 20 Nov 2026 11:20:30 +0100', whole],
    ['RFC 2822 with a name', 'Fri, 20 Nov 2026 05:20:30 -0500 (EST)', whole],
    ['a cookie of PHP', 'Friday, 20-Nov-2026 10:20:30 UTC', whole],
    ['Java Date', 'Fri Nov 20 11:20:30 CET 2026', whole],
    ['Java ZonedDateTime', '2026-11-20T11:20:30.5+01:00[Europe/Paris]', half],
    ['Java LocalDateTime', '2026-11-20T10:20', minute],
    ['JavaScript Date', 'Fri Nov 20 2026 10:20:30 GMT+0000 (Coordinated Universal Time)', whole],
    ['JavaScript toLocaleString', '11/20/2026, 10:20:30\u202fAM', whole],
    ['JavaScript toLocaleString with its zone', '11/20/2026, 11:20:30 AM GMT+1', whole],
    ['Java’s z, of Android', 'Fri, 20 Nov 2026 15:50:30 GMT+5:30', whole],
    ['a noon of twelve hours', '11/20/2026 12:00:00 PM', Date.UTC(2026, 10, 20, 12)],
    ['a midnight of twelve hours', '11/20/2026 12:00:00 AM', day],
    ['ISO 8601 basic', '20261120T102030Z', whole],
    ['GA4 event_date', '20261120', day],
    ['a date', '2026-11-20', day],
    ['seconds', 1_795_170_030.5, half],
    ['milliseconds', 1_795_170_030_500, half],
    ['milliseconds as text', '1795170030500', half],
    ['microseconds', 1_795_170_030_500_000, half],
    ['microseconds as text', '1795170030500000', half],
    ['nanoseconds as digits', '1795170030500000123', half],
    ['MongoDB', { $date: '2026-11-20T10:20:30.5Z' }, half],
    ['MongoDB canonical', { $date: { $numberLong: '1795170030500' } }, half],
    ['Firestore', { _seconds: 1_795_170_030, _nanoseconds: 500_000_000 }, half],
    ['protocol buffers', { seconds: '1795170030', nanos: 500_000_000 }, half],
    ['Java LocalDateTime by Jackson', [2026, 11, 20, 10, 20, 30, 500_000_000], half],
    ['Java LocalDate by Jackson', [2026, 11, 20], day],
    ['Java Instant by Jackson', 1_795_170_030.5, half],
    ['Java Double', '1.7951700305E9', half],
    ['Scala, of milliseconds', '1.7951700305E12', half],
    ['Windows FILETIME', 134_396_436_305_000_000, half],
    ['Chrome', '13439643630500000', half],
    ['text that was encoded twice', '"2026-11-20T10:20:30.5Z"', half],
    ['Australia', '2026-11-20 21:20:30 AEDT', whole],
    ['PostgreSQL, a zone of before 1900', '2026-11-20 11:33:02.5+01:12:32', half],
    ['Python, an offset with seconds', '2026-11-20T11:33:02.5+01:12:32', half],
    ['BigQuery, a named zone', '2026-11-20 02:20:30 America/Los_Angeles', whole],
    ['a named zone in summer', '2026-07-20 12:20:30 Europe/Stockholm', Date.UTC(2026, 6, 20, 10, 20, 30)],
    ['Ruby, a rational second', '2026-11-20 10:20:30 1/2 UTC', half],
    ['Oracle', '20-NOV-26 10.20.30.500000 AM', half],
    ['SQL Server', 'Nov 20 2026 10:20:30:500AM', half],
    ['MySQL, as a number', 20_261_120_102_030, whole],
    ['MySQL, as digits', '20261120102030', whole],
    ['Apache', '20/Nov/2026:10:20:30 +0000', whole],
    ['ISO 8601 with its own minus', '2026-11-20T05:20:30\u221205:00', whole],
    ['ISO 8601, a day of a week', '2026-W47-5T10:20:30.5Z', half],
    ['ISO 8601, a day of a week, basic', '2026W475', day],
    ['ISO 8601, the last day of the 53rd week', '2026-W53-7', Date.UTC(2027, 0, 3)],
    ['ISO 8601, the first week begins in the year before', '2025-W01-1', Date.UTC(2024, 11, 30)],
    ['ISO 8601, a day of the year', '2026-324T11:20:30.5+01:00', half],
    ['a leap day by its number', '2024-366', Date.UTC(2024, 11, 31)],
    ['Erlang', '{{2026,11,20},{10,20,30}}', whole],
    ['Erlang, pretty and with a fraction', '{{2026, 11, 20}, {10, 20, 30.5}}', half],
    [
      'Erlang, its tuples as lists',
      [
        [2026, 11, 20],
        [10, 20, 30],
      ],
      whole,
    ],
    ['Elixir', '~U[2026-11-20 10:20:30.5Z]', half],
    ['Elixir, without a zone', '~N[2026-11-20 10:20:30]', whole],
    ['Elixir, in a zone', '#DateTime<2026-11-20 11:20:30.5+01:00 CET Europe/Berlin>', half],
    ['a program that fills nothing up', '2026-11-20 10:20:30', whole],
    ['and so in spring', '2026-3-5 1:2:3', Date.UTC(2026, 2, 5, 1, 2, 3)],
    ['a day’s end', '2026-11-19T24:00:00Z', day],
    [
      'PHP DateTime in a zone',
      { date: '2026-11-20 11:20:30.500000', timezone_type: 3, timezone: 'Europe/Berlin' },
      half,
    ],
    ['PHP DateTime', { date: '2026-11-20 10:20:30.500000', timezone_type: 3, timezone: 'UTC' }, half],
  ])('%s: %j', (_who, sent, ms) => expect(readTime(sent)).toBe(ms));

  it.each([
    ...['', 'now', 'yesterday', 'infinity', '2026', 'NaN', '0000-00-00 00:00:00', '2026-02-29T00:00:00Z'],
    ...['20/11/2026 10:20:30', '2026-11-20 10:20:30 America/Nowhere', '2026-11-20T10:20:30 IST', '13/13/2026'],
    ...['2026-W54-1', '2025-W53-1', '2026-W47-8', '2026-W47-0', '2026-W47', '2026-366', '2026-000', '2026324'],
    ...[
      '{{2026,13,20},{10,20,30}}',
      '{2026,11,20}',
      '{1795,170030,500000}',
      '~U[]',
      '#DateTime<>',
      '~U[~U[2026-11-20]]',
    ],
    ...['Fri, 20 Foo 2026 10:20:30 GMT', '11/20/2026 13:00:00 PM', '[object Object]', 'Invalid Date'],
    ...[
      Number.NaN,
      1e300,
      true,
      [],
      {},
      { date: 1 },
      [2026, 11],
      [2026, 13, 1],
      [[2026, 11, 20]],
      [
        [2026, 11, 20],
        [10, 20],
      ],
      [2026, 11, 'x'],
      { seconds: {} },
      // Beyond what JavaScript can show as a date.
      [1e300, 1, 1],
      [-1e300, 1, 1],
      [300_000, 1, 1],
      [2026, 11, 20, 10, 20, 1e300],
      { seconds: 1, nanos: 1e300 },
      { seconds: 1, nanos: -1e300 },
      '/Date(9999999999999999)/',
      '/Date(-9999999999999999)/',
      'x'.repeat(100_000),
      `${'1'.repeat(50)}:00`,
    ],
  ])('refuses %j', (sent) => expect(readTime(sent as string)).toBeUndefined());

  it('small numbers are in the unit of the wire', () => {
    expect([readTime(5_000), readTime(-5_000), readTime(5, 's'), readTime('5', 's')]).toEqual([
      5_000, -5_000, 5_000, 5_000,
    ]);
  });

  it('reads every moment in every unit back', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2001, 9), max: Date.UTC(2100, 0) }), (ms) => {
        const digits = BigInt(ms);
        expect(readTime(new Date(ms).toISOString())).toBe(ms);
        expect(readTime(ms)).toBe(ms);
        expect(readTime(`${digits * 1_000n}`)).toBe(ms);
        expect(readTime(`${digits * 1_000_000n}`)).toBe(ms);
        expect(readTime(ms / 1000)).toBe(ms);
        expect(readTime(new Date(ms).toUTCString())).toBe(Math.floor(ms / 1000) * 1000);
        expect(readTime(new Date(ms).toString())).toBe(Math.floor(ms / 1000) * 1000);
      }),
    );
  });

  it('is quick whatever the text (S22)', () => {
    fc.assert(fc.property(fc.string({ maxLength: 100 }), (text) => void readTime(text)));
  });
});

describe('a field that was never filled', () => {
  it.each([
    '0001-01-01T00:00:00Z',
    '1601-01-01',
    '1899-12-30 00:00:00',
    '1970-01-01T00:00:00Z',
    0,
    -1,
    '1969-12-31T23:59:59Z',
    253_402_300_799,
    '253402300799999',
  ])('%s', (sent) => {
    expect(isUnfilled(readTime(sent) as number)).toBe(true);
    expect(whenOf(sent)).toEqual({ untimed: 'unfilled' });
  });
  it('is not one that is absent, or one that cannot be read', () => {
    expect([undefined, null, ''].map((sent) => whenOf(sent))).toEqual([{}, {}, {}]);
    expect(whenOf('noon')).toEqual({ untimed: 'unreadable' });
  });
});
