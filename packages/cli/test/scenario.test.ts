import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Policy, presets } from '@selfsame/identity';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readScenarioFile, scenarioFiles } from '../src/scenario/files.ts';
import { junit } from '../src/scenario/junit.ts';
import { parseScenarios, type Scenario } from '../src/scenario/scenario.ts';
import { tryScenario } from '../src/scenario/try-scenario.ts';

const selfsame = presets['selfsame'] as Policy;
const scenario = (items: readonly object[], expect: object): Scenario =>
  parseScenarios(JSON.stringify({ items, expect }), 'test.json')[0] as Scenario;
const login = (user: string, device: string, time: string) => ({ type: 'login', time, ids: { user, device } });

const tablet = [
  login('ann', 'tablet', '2026-01-01T10:00:00Z'),
  login('bob', 'tablet', '2026-01-01T15:00:00Z'),
  { type: 'identify', insertId: 'both', trust: 0, time: '2026-01-01T16:00:00Z', ids: { user: 'ann', crmid: '7' } },
];

describe('selfsame test', () => {
  it('takes the patterns that a shell was not given to resolve, and never none of a pattern’s', () => {
    const folder = mkdtempSync(join(tmpdir(), 'selfsame-scenarios-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, 'more'));
    const [b, a, deep, odd] = ['b.json', 'a.json', 'more/c.json', '[x].json'].map((name) => join(folder, name));
    for (const file of [b, a, deep, odd]) writeFileSync(file as string, '[]');
    expect(scenarioFiles([join(folder, '?.json'), a as string])).toEqual([a, b]);
    expect(scenarioFiles([join(folder, '**/c.json')])).toEqual([deep]);
    // A file whose name looks like a pattern is that file; one that is missing is said so when it is read.
    expect(scenarioFiles([odd as string, 'missing.json'])).toEqual([odd, 'missing.json']);
    expect(() => scenarioFiles([join(folder, '*.yaml')])).toThrow('No file fits');
  });

  it('is silent where all is as expected', () => {
    const expected = {
      people: [['user:ann'], ['user:bob', 'device:tablet']],
      apart: [['user:ann', 'user:bob']],
      owners: [
        { identifier: 'device:tablet', at: '2026-01-01T10:10:00Z', person: 'user:ann' },
        { identifier: 'device:tablet', at: '2026-01-01T12:00:00Z', person: null },
        { identifier: 'device:tablet', at: Date.UTC(2026, 0, 1, 15), person: 'user:bob' },
      ],
    };
    expect(tryScenario(scenario(tablet, expected), selfsame)).toEqual([]);
  });

  it('says what is not, each in a sentence', () => {
    const expected = {
      people: [['user:ann', 'device:tablet'], ['user:zoe']],
      apart: [['user:bob', 'device:tablet']],
      owners: [{ identifier: 'device:tablet', at: '2026-01-01T12:00:00Z', person: 'user:ann' }],
      refused: [
        { item: 0, rule: 'S11' },
        { item: 'nowhere', rule: 'S11' },
      ],
    };
    expect(tryScenario(scenario(tablet, expected), selfsame)).toEqual([
      expect.stringMatching(/^device:tablet is not user:ann's: it belongs to user:bob/),
      'user:zoe is nobody: no item named it',
      'user:bob and device:tablet are one person, but should be two',
      'device:tablet at 2026-01-01T12:00:00.000Z should be user:ann, but is a visit of nobody we know',
      'item 0 should be refused by S11, but was applied',
      'there is no item "nowhere"',
    ]);
  });

  it('names the rule that refused', () => {
    const two = [{ type: 'merge', trust: 0, insertId: 'm', ids: [{ user: 'ann' }, { user: 'bob' }] }];
    expect(tryScenario(scenario(two, { refused: [{ item: 'm', rule: 'S11' }] }), selfsame)).toEqual([]);
  });

  it('refuses what is no scenario, with its place', () => {
    expect(() => parseScenarios('[{"items":[],"expect":{"people":[["ann"]]}}]', 'x.json')).toThrow(
      /x\.json, scenario 1[\s\S]*expect\.people\.0\.0: must be written kind:value/,
    );
    expect(() => parseScenarios('{', 'x.json')).toThrow(/x\.json is not JSON/);
  });

  it('reads a file that an editor began with a byte order mark', () => {
    const directory = mkdtempSync(join(tmpdir(), 'selfsame-scenarios-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const file = join(directory, 'x.json');
    writeFileSync(file, '\uFEFF[]');
    expect(parseScenarios(readScenarioFile(file), file)).toEqual([]);
  });

  it('writes JUnit with everything escaped', () => {
    const xml = junit([
      { file: 'a.json', name: 'good', wrong: [], seconds: 0.01 },
      { file: 'a.json', name: '<bad> & "ugly"\u0000', wrong: ['x < y', 'z'], seconds: 0 },
    ]);
    expect(xml).toContain('tests="2" failures="1"');
    expect(xml).toContain('name="&lt;bad&gt; &amp; &quot;ugly&quot;\ufffd"');
    expect(xml).toContain('<failure message="x &lt; y">x &lt; y\nz</failure>');
  });
});
