import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.ts';
import { sourceFiles } from './source-files.ts';

/** Where a rule or a promise is given: `**[L6a]**` in SPEC.md, `**G7**` in docs/guarantees.md. */
const given = /\*\*\[?([A-Z]\d+[a-z]?)\b/g;
const inBrackets = /\[([A-Z]\d+[a-z]?)\]/g;
/** As a verdict carries it: `rule: 'L6a'`. */
const inQuotes = /'([A-Z]\d+[a-z]?)'/g;

/** Rules of SPEC.md that no source or no test quotes, and numbers in brackets that are given nowhere. */
export function ruleProblems(): readonly string[] {
  const rules = numbers(given, read('packages/identity/SPEC.md'));
  const promises = numbers(given, read('docs/guarantees.md'));
  const files = sourceFiles('packages/identity/*.ts', 'packages/store*/*.ts', 'packages/server/*.ts')
    .filter((file) => existsSync(join(root, file)))
    .map((file) => ({ file, text: read(file), isTest: /\/test\/|\.test\./.test(file) }));
  const all = (isTest: boolean) => {
    const text = files.filter((one) => one.isTest === isTest).map((one) => one.text);
    const quoted = [...numbers(inBrackets, text.join()), ...numbers(inQuotes, text.join())];
    // Who quotes [L6a] quotes [L6].
    return new Set(quoted.flatMap((one) => [one, one.replace(/[a-z]$/, '')]));
  };
  const [sources, tests] = [all(false), all(true)];
  return [
    ...[...rules].filter((rule) => !sources.has(rule)).map((rule) => `[${rule}]: no source quotes this rule`),
    ...[...rules].filter((rule) => !tests.has(rule)).map((rule) => `[${rule}]: no test quotes this rule`),
    ...files.flatMap(({ file, text }) =>
      [...numbers(inBrackets, text)]
        .filter((one) => !rules.has(one) && !promises.has(one))
        .map((one) => `${file}: [${one}] is given nowhere`),
    ),
  ];
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const numbers = (pattern: RegExp, text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(pattern)].map(([, one]) => one as string));
