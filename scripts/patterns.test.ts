import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './run.ts';
import { sourceFiles } from './source-files.ts';

const LENGTH = 50_000;
/** What a pattern that goes over a text again from each of its places goes over most: one thing many times, and then another. */
const units = [
  'a',
  'A',
  '0',
  ' ',
  '-',
  '.',
  '/',
  '%',
  '=',
  '&',
  ':',
  ',',
  '"',
  '\\',
  '[',
  '{',
  '(',
  '_',
  '\n',
  'é',
  'a.',
];
const pairs = ['0.', 'a ', '1-', 'a=', 'a@', '%2', ' ,', 'a/', '../', '0:'];
const texts = [...units, ...pairs].map((unit) => `a${unit.repeat(LENGTH / unit.length)}!`);

/** Regular expressions of a source, near enough: what looks like one after a sign that none may follow a value. */
const literal = /(?<=[(=,:!&|?;{}[\s])\/(?![*/ ])((?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)/g;
const comment = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

function patternsOf(file: string): readonly RegExp[] {
  const source = readFileSync(join(root, file), 'utf8').replace(comment, '');
  return [...source.matchAll(literal)].flatMap(([, pattern = '', flags = '']) => {
    try {
      return [new RegExp(pattern, flags.replace('y', ''))];
    } catch {
      // Part of a template or of another pattern.
      return [];
    }
  });
}

/** CPU that a pattern takes on a text, ms. */
function cost(pattern: RegExp, text: string): number {
  const before = process.threadCpuUsage();
  text.replace(pattern, '');
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

it('no pattern of ours goes over a long text again and again (S22)', () => {
  const server = /^packages\/(identity|protocols|outputs|store|store-embedded|server)\/src\/.*(?<!\.test)\.ts$/;
  const patterns = sourceFiles('*.ts')
    .filter((file) => server.test(file))
    .flatMap(patternsOf);
  expect(patterns.length).toBeGreaterThan(150);
  const costs = patterns.map((pattern) => ({
    pattern: String(pattern),
    // What is quadratic takes a second and more; the least of two is what the machine's other work has no part in.
    ms: Math.max(...texts.map((text) => Math.min(cost(pattern, text), cost(pattern, text)))),
  }));
  const worst = costs.reduce((a, b) => (a.ms > b.ms ? a : b));
  console.log(
    `S22: ${patterns.length} patterns on ${texts.length} texts of ${LENGTH} characters: ${worst.ms.toFixed(1)} ms of CPU at most`,
  );
  expect(costs.filter(({ ms }) => ms > 250)).toEqual([]);
});
