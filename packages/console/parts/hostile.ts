/** What strangers send, in short: each of these stands in every part that shows a text of theirs. */
export const hostile: readonly string[] = [
  '<img src=x onerror="window.ran=1"><script>window.ran=1</script>',
  'w'.repeat(120),
  '=HYPERLINK("http://x.example","click")',
  '\u202Eright to left\u202C ‏שלום‏',
  'Z\u0351\u036B\u0343\u036A\u0302a\u036B\u033D\u034F\u0334\u0319l\u030Ag\u0352\u0364o',
  '👩‍👩‍👧‍👦 👍🏽 \uD83D',
  'two\nlines\tand a tab',
  '  ',
  'javascript:alert(1)',
];

export const long = hostile.join(' ');
