/** Values as languages, databases and tools print them: JSON, or nearly so. */
export const printed: readonly string[] = [
  // Nothing, in every language.
  ...['null', 'true', 'false', '[]', '{}', '""', '" "', 'NaN', 'Infinity', '-Infinity', 'None', 'undefined', 'nil'],
  ...[
    '"null"',
    '"undefined"',
    '"None"',
    '"(not set)"',
    '"{{User ID}}"',
    '"[object Object]"',
    '"\\\\N"',
    '"__USER_ID__"',
  ],
  // Numbers.
  ...['0', '-0', '-1', '7', '7.0', '1.5', '1e3', '1E3', '1e20', '1e400', '-1e999', '0.1234567890123456', '5e-324'],
  ...['9007199254740991', '9007199254740993', '738529527931269425', '-9223372036854775808', '18446744073709551616'],
  ...['9'.repeat(60), '9'.repeat(400), '01', '+1', '.5', '0x10', '1_000'],
  ...['[738529527931269425,[9007199254740993]]', '{"deep":[{"id":738529527931269425}]}'],
  // Texts.
  ...[
    '"0"',
    '"7"',
    '"738529527931269425"',
    '"000000000000"',
    '"a\\u0000b"',
    '"\\ud83c"',
    '"\\ud83c\\udf33"',
    '"🌳"',
    '"é"',
  ],
  ...['"e\\u0301"', '"\\ufeffann"', '"ann\\u200b"', '"a\\tb\\nc"', '"\\u2028"', '"-"', '"__proto__"', '"constructor"'],
  ...[`"${'x'.repeat(600)}"`, `"${'é'.repeat(300)}"`, '"Ann@Example.org "', '"a:b_c"', "'single'"],
  // Lists and objects.
  ...['[[]]', '["a"]', '[null]', '[1,"1"]', '{"a":[]}', '{"a":null}', '{"__proto__":1}', '{"a":1,"a":2}', '{"":1}'],
  ...[
    '{"constructor":{"prototype":{}}}',
    '{"$date":"2026-11-20T10:20:30Z"}',
    '{"toString":"x"}',
    '[,]',
    '[1,]',
    '{"a":1,}',
  ],
  ...[`${'['.repeat(40)}${']'.repeat(40)}`, `{${Array.from({ length: 1_001 }, (_, i) => `"k${i}":1`).join()}}`],
  ...[`[${Array(10_001).fill(0).join()}]`, `{${Array.from({ length: 300 }, (_, i) => `"k${i}":1`).join()}}`],
  // Times.
  ...['"2026-11-20 10:20:30.5+00"', '"2026-11-20 10:20:30 UTC"', '"Fri, 20 Nov 2026 10:20:30 GMT"', '"noon"'],
  ...['"0001-01-01T00:00:00Z"', '"9999-12-31T23:59:59Z"', '"0000-00-00 00:00:00"', '"-0001-11-30T00:00:00+00:00"'],
  ...['1795170030', '1795170030500', '1795170030500000', '1795170030500000123', '"1795170030"', '"1795170030.5"'],
  ...['8640000000000001', '-62135596800', '253402300799', '"/Date(1795170030500)/"', '[2026,11,20,10,20,30]'],
  ...['{"_seconds":1795170030,"_nanoseconds":5}', '{"date":"2026-11-20 10:20:30","timezone":"UTC"}'],
];

/** The value a field must come back with; a whole number beyond 2^53 as its digits, wherever it stands. */
export function meantBy(text: string): unknown {
  const digits = text.replace(/(?<=^|[[,:])-?\d{16,}(?=$|[\],}])/g, (number) =>
    Number.isSafeInteger(Number(number)) ? number : `"${number}"`,
  );
  return JSON.parse(digits);
}
