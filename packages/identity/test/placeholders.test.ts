import { describe, expect, it } from 'vitest';
import { isPlaceholder } from '../src/words/values.ts';

const template = `$${'{userId}'}`;

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
    ...[
      '(not set)',
      'not set',
      'not_set',
      '(Not Provided)',
      '[object Object]',
      '[object Undefined]',
      '[]',
      '{}',
      '<nil>',
    ],
    ...['"(not set)"', '\\"null\\"', 'N/A', '#N/A', '\\N', '#REF!', 'NaN', '-Infinity', 'Optional(nil)', 'Some(None)'],
    ...['0', '"0"', '00000000', '000000000000', '0'.repeat(15), '0'.repeat(32), '0x0', '(000000000000)'],
    ...['00000000-0000-0000-0000-000000000000', '{00000000-0000-0000-0000-000000000000}', '00:00:00:00:00:00'],
    ...['ffffffff-ffff-ffff-ffff-ffffffffffff', 'ff:ff:ff:ff:ff:ff'],
    ...['02:00:00:00:00:00', '9774d56d682e549c', '004999010640000'],
    ...['{{User ID}}', '{{ user.id }}', template, '<%= id %>', '{% id %}', '%user_id%', '*|EMAIL|*', '[[user7]]'],
    ...['%%USER_ID%%', '__USER_ID__', '{user_id}', '[USER_ID]', '<user_id>', '$userId', '{$user_id}', '@@ID@@', '#ID#'],
    ...['%7B%7BUser%20ID%7D%7D', '%22%22', '%28not%20set%29'],
    ...['undefined.undefined', 'null-null', 'undefined undefined', 'null/undefined', 'undefined@undefined', 'nullnull'],
    ...['user_undefined', 'user-null', 'auth0|undefined', 'customer:NaN'],
    ...['[CLY]_temp_id', 'anonymousId', 'anonymous id', 'distinct_id', 'DEVICE_ID', 'clientId', 'Email', 'User ID'],
    ...[
      '-1',
      'true',
      '-',
      '--',
      '***',
      '?',
      '%',
      '—',
      '[Filtered]',
      '<redacted>',
      'not_authenticated',
      'logged out',
      'opt-out',
    ],
    ...['null\u200b', '\u200b', '\ufeffnull', '\u00a0null'],
  ])('%j', (value) => expect(isPlaceholder(value)).toBe(true));

  it.each([
    ...['1', '00', '000', '0000000', '00000001', '10000000', 'nullable', 'none@example.org', '(ann)', '"ann"', 'zero'],
    ...['{ann}', '100%', '%41%', '5f1c0000-0000-0000-0000-000000000000', 'anonymous-7', 'x{{y}}', `${'('.repeat(200)}`],
    ...[
      'user',
      'test',
      '$ann',
      '🌳',
      '木',
      'é',
      'xx',
      'ffff',
      'user_7',
      'user_nullable',
      'annull',
      'device:phone',
      'ann%40shop',
    ],
    ...[
      'noid',
      'uid',
      'missing',
      'id@example.org',
      'email@example.org',
      'nan@example.org',
      '%zz',
      'nanna',
      'noneil',
      '02:00:00:00:00:01',
    ],
  ])('but %j is somebody’s', (value) => expect(isPlaceholder(value)).toBe(false));

  it('a project adds its own', () => expect(isPlaceholder(' Kiosk ', ['kiosk'])).toBe(true));
});
