/** What a run of the tests says of the promises in docs/guarantees.md: which test tries which, and the figure it printed. */

/** One test that names promises, as a run left it. */
export interface Proof {
  /** From the repository's root. */
  readonly file: string;
  /** With the names of the groups around it. */
  readonly name: string;
  readonly passed: boolean;
  /** The lines it printed. */
  readonly figures: readonly string[];
}

/** `(G12, S41)` in a test's name, and `S27: …` at its beginning. In brackets stand numbers of SPEC.md. */
export function promisesOf(name: string): readonly string[] {
  const inParentheses = [...name.matchAll(/\(((?:[GS]\d{1,2}(?:, )?)+)\)/g)].flatMap((match) =>
    (match[1] as string).split(', '),
  );
  const atBeginning = [...name.matchAll(/(?:^|> )([GS]\d{1,2}): /g)].map((match) => match[1] as string);
  return [...new Set([...inParentheses, ...atBeginning])];
}

const BEGIN = '<!-- proof: npm run guarantees -->';
const END = '<!-- end of proof -->';

/** The page with its table of proof made anew; what stands around it stays. */
export function withProof(page: string, proofs: readonly Proof[], day: string): string {
  const begin = page.indexOf(BEGIN);
  const promised = (begin < 0 ? page : page.slice(0, begin)).matchAll(/\*\*([GS]\d+)\*\*/g);
  const table = `${BEGIN}\n\n${proofTable(
    proofs,
    day,
    [...promised].map((one) => one[1] as string),
  )}\n\n${END}`;
  return begin < 0
    ? `${page.trimEnd()}\n\n${table}\n`
    : page.slice(0, begin) + table + page.slice(page.indexOf(END) + END.length);
}

function proofTable(proofs: readonly Proof[], day: string, promised: readonly string[]): string {
  const byPromise = new Map<string, Proof[]>();
  for (const proof of proofs)
    for (const promise of promisesOf(proof.name)) byPromise.set(promise, [...(byPromise.get(promise) ?? []), proof]);
  const rows = [...byPromise]
    .toSorted(([a], [b]) => (a[0] === b[0] ? Number(a.slice(1)) - Number(b.slice(1)) : a < b ? -1 : 1))
    .map(([promise, all]) => {
      const files = [...new Set(all.map(({ file }) => file))].toSorted();
      const failed = all.filter(({ passed }) => !passed).length;
      const figures = all.flatMap((one) => one.figures).map(cell);
      const links = files.map((file) => `[${file.split('/').at(-1)}](../${file})`).join(', ');
      const tests = `${all.length}${failed === 0 ? '' : `, ${failed} failed`}`;
      return `| ${promise} | ${tests} | ${links} | ${figures.join('; ')} |`;
    });
  const unnamed = promised.filter((one) => !byPromise.has(one));
  return [
    `## Proof`,
    `Made from the tests that name a promise, as they ran on ${day}. A figure is what a test printed in that run, on whatever machine that was; the long counts are those of \`npm run test:long\`.`,
    unnamed.length === 0
      ? 'Every promise is named by a test.'
      : `No test names ${unnamed.join(', ')}: they are tried under other names, or not yet.`,
    ['| promise | tests | where | latest figure |', '| --- | --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
}

/** A line as a cell of a table. */
const cell = (line: string): string => line.trim().replaceAll('|', '\\|').replaceAll('<', '&lt;');
