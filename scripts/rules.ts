import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.ts';
import { sourceFiles } from './source-files.ts';

/** Where a rule or a promise is given: `**[L6a]**` in a SPEC.md, `**G7**` in docs/guarantees.md. */
const given = /\*\*\[?([A-Z]\d+[a-z]?)\b/g;
const inBrackets = /\[([A-Z]\d+[a-z]?)\]/g;
/** As a verdict carries it: `rule: 'L6a'`. */
const inQuotes = /'([A-Z]\d+[a-z]?)'/g;
/** As it is made or asked for: `rule: 'L6a'`, `rule === 'Q1'`. */
const asRule = /\brule(?:: | === | !== )'([A-Z]\d+[a-z]?)'/g;

/** Rules of SPEC.md that no source or no test quotes, and numbers that any package quotes and that are given nowhere. */
export function ruleProblems(): readonly string[] {
  const rules = numbers(given, read('packages/identity/SPEC.md'));
  const promises = numbers(given, read('docs/guarantees.md'));
  const ofOutputs = numbers(given, read('packages/outputs/SPEC.md'));
  const all = sourceFiles('packages/*.ts', 'packages/*.tsx', 'e2e/*.ts')
    .filter((file) => existsSync(join(root, file)))
    .map((file) => ({ file, text: read(file), isTest: /\/test\/|\.test\./.test(file) }));
  // Rules are kept and tried where who is who is decided; elsewhere they are only named.
  const files = all.filter(({ file }) => /^packages\/(identity|store[^/]*|server)\//.test(file));
  const quotedIn = (isTest: boolean) => {
    const text = files.filter((one) => one.isTest === isTest).map((one) => one.text);
    const quoted = [...numbers(inBrackets, text.join()), ...numbers(inQuotes, text.join())];
    // Who quotes [L6a] quotes [L6].
    return new Set(quoted.flatMap((one) => [one, one.replace(/[a-z]$/, '')]));
  };
  const [sources, tests] = [quotedIn(false), quotedIn(true)];
  return [
    ...[...rules].filter((rule) => !sources.has(rule)).map((rule) => `[${rule}]: no source quotes this rule`),
    ...[...rules].filter((rule) => !tests.has(rule)).map((rule) => `[${rule}]: no test quotes this rule`),
    ...all.flatMap(({ file, text }) =>
      [...numbers(inBrackets, text), ...numbers(asRule, text)]
        .filter((one) => !rules.has(one) && !promises.has(one))
        .filter((one) => !(file.startsWith('packages/outputs/') && ofOutputs.has(one)))
        .map((one) => `${file}: [${one}] is given nowhere`),
    ),
  ];
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const numbers = (pattern: RegExp, text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(pattern)].map(([, one]) => one as string));
