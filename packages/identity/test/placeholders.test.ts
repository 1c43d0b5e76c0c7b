import { describe, expect, it } from 'vitest';
import { isPlaceholder } from '../src/words/values.ts';

describe('[V3] what is nobody’s id', () => {
  it.each([
    ...[
      '',
      ' ',
      'null',
      'NULL',
      ' Undefined ',
      '"null"',
      "'undefined'",
      '<null>',
      '(null)',
      '(none)',
      '[null]',
      '`nil`',
    ],
    ...['(not set)', 'not set', '(Not Provided)', '[object Object]', '[]', '{}', '<nil>', '"(not set)"', '\\"null\\"'],
    ...['0', '00000000', '000000000000', '0'.repeat(15), '0'.repeat(32), '00000000-0000-0000-0000-000000000000'],
    ...['00:00:00:00:00:00', '{{User ID}}', '{{ user.id }}', `$${'{userId}'}`, '<%= id %>', '%user_id%', '*|EMAIL|*'],
    ...['undefined.undefined', '[CLY]_temp_id', 'anonymousId', 'distinct_id', 'DEVICE_ID', '-1', 'true'],
  ])('%j', (value) => expect(isPlaceholder(value)).toBe(true));

  it.each([
    ...['1', '00', '000', '0000000', '00000001', '10000000', 'nullable', 'none@example.org', '(ann)', '"ann"', 'zero'],
    ...['{ann}', '100%', '%41%', '5f1c0000-0000-0000-0000-000000000000', 'anonymous-7', 'x{{y}}', `${'('.repeat(200)}`],
  ])('but %j is somebody’s', (value) => expect(isPlaceholder(value)).toBe(false));

  it('a project adds its own', () => expect(isPlaceholder(' Kiosk ', ['kiosk'])).toBe(true));
});
