/** What became of one scenario; nothing wrong: it passed. */
export interface Outcome {
  readonly file: string;
  readonly name: string;
  readonly wrong: readonly string[];
  readonly seconds: number;
}

/** Outcomes as JUnit XML. */
export function junit(outcomes: readonly Outcome[]): string {
  const failed = outcomes.filter(({ wrong }) => wrong.length > 0).length;
  const cases = outcomes.map(({ file, name, wrong, seconds }) => {
    const open = `  <testcase classname="${escaped(file)}" name="${escaped(name)}" time="${seconds.toFixed(3)}"`;
    if (wrong.length === 0) return `${open}/>`;
    return `${open}>\n    <failure message="${escaped(wrong[0] ?? '')}">${escaped(wrong.join('\n'))}</failure>\n  </testcase>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="selfsame" tests="${outcomes.length}" failures="${failed}">
${cases.join('\n')}
</testsuite>
`;
}

/** Text in XML 1.0, which has no way to write most control characters. */
const escaped = (text: string): string =>
  text
    .replace(/(?![\t\n\r])\p{Cc}/gu, '\ufffd')
    .replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign);
