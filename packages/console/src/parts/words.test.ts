import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ruleInWords } from './words.ts';

const sources = ['../../../identity/src/', '../../../store/src/'].flatMap((folder) => {
  const at = new URL(folder, import.meta.url);
  return readdirSync(at, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('.test.') && !name.includes('conformance'))
    .map((name) => readFileSync(new URL(name, at), 'utf8'));
});

it('every rule that a verdict, a note or an explanation can name is said in plain words', () => {
  const named = sources.flatMap((text) => [
    ...[...text.matchAll(/(?:rule: |rejected\(|refusal\()'([A-Z]\d*[a-z]?)'/g)].map(([, rule]) => rule as string),
    ...[...text.matchAll(/^ {2}([A-Z]\d+[a-z]?): '/gm)].map(([, rule]) => rule as string),
  ]);
  expect(named.length).toBeGreaterThan(20);
  expect([...new Set(named)].filter((rule) => ruleInWords(rule) === undefined).sort()).toEqual([]);
});
