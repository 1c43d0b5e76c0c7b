import { createContext, runInContext } from 'node:vm';
import { refusalOf } from './permissions.ts';
import type { Template } from './template.ts';

type Api = (...args: readonly unknown[]) => unknown;

/** What the sandbox does not understand, or does not let through. */
const forbidden: readonly (readonly [what: RegExp, why: string])[] = [
  [/\bnew\b/, 'new'],
  [/\b(constructor|prototype|__proto__)\b/, 'the way to other constructors'],
  [/\bthis\b/, 'this'],
  [/\bclass\b/, 'class'],
  [/\b(async|await|yield)\b/, 'async, await and yield'],
  [/\b(try|catch|throw)\b/, 'try, catch and throw'],
  [/`/, 'a template literal'],
  [/\.\.\./, 'spread'],
  [
    /\b(window|document|navigator|location|globalThis|self|eval|Function|setTimeout|fetch|XMLHttpRequest)\b/,
    'a global',
  ],
  [/(?:^|[=(,:])\s*\/(?![/*])/m, 'a regular expression'],
  [/\?\.|\?\?/, '?. and ??'],
  [/\b(?:const|let|var)\s*[[{]/, 'destructuring'],
  [/\bfunction\b[^(]*\([^)]*=|\([^()]*\w\s*=(?![=>])[^()]*\)\s*=>/, 'a default of a parameter'],
  [/\bfor\s*\([^)]*\bof\b/, 'for … of'],
  [/\*\*|\bfunction\s*\*/, '** and generators'],
  [/\b(import|export|super)\b/, 'modules and classes'],
];

/** What values can do there: the language of 2011, as its reference lists it. */
const methods = {
  Array:
    'concat every filter forEach indexOf join lastIndexOf map pop push reduce reduceRight reverse shift slice some sort splice toString unshift',
  String:
    'charAt charCodeAt concat indexOf lastIndexOf match replace search slice split substr substring toLowerCase toString toUpperCase trim valueOf',
} as const;

/** Words of the code that the sandbox refuses. */
export const refusedWords = (code: string): readonly string[] => {
  const bare = code.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");
  return forbidden.flatMap(([what, why]) => (what.test(bare) ? [why] : []));
};

/** What is there without any permission. `inside`: the sandbox's own, so that what they make can do no more than it may. */
const freeIn = (inside: {
  readonly JSON: JSON;
  readonly Object: ObjectConstructor;
}): Readonly<Record<string, unknown>> => ({
  JSON: {
    parse: (text: string) => {
      try {
        return inside.JSON.parse(text) as unknown;
      } catch {
        // The sandbox knows no exceptions.
        return undefined;
      }
    },
    stringify: (value: unknown) => JSON.stringify(value),
  },
  Object: { keys: inside.Object.keys, values: inside.Object.values, entries: inside.Object.entries },
  Math: { floor: Math.floor, round: Math.round, max: Math.max, min: Math.min },
  makeString: (value: unknown) => String(value),
  makeNumber: (value: unknown) => Number(value),
  makeInteger: (value: unknown) => Number.parseInt(String(value), 10),
  makeTableMap: (rows: readonly Record<string, string>[], key: string, value: string) =>
    Object.fromEntries(rows.map((row) => [row[key], row[value]])),
  getType: (value: unknown) =>
    value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value === 'function' ? 'function' : typeof value,
  getTimestampMillis: () => 0,
  claimRequest: () => undefined,
});

/** One run of a template, or of a test of it: what it requires, and what is in its place. */
export interface Sandbox {
  /** An API as the code gets it: mocked, or its own; every call is checked against the permissions. */
  require(name: string): unknown;
  mock(name: string, instead: unknown): void;
  calls(name: string): readonly (readonly unknown[])[];
  /** Runs code that sees nothing but `require` and what is given. */
  run(code: string, given: Readonly<Record<string, unknown>>): unknown;
}

export function createSandbox(template: Template): Sandbox {
  const mocks = new Map<string, unknown>();
  const calls = new Map<string, (readonly unknown[])[]>();
  const note = (name: string, args: readonly unknown[]) => calls.set(name, [...(calls.get(name) ?? []), args]);
  const context = createContext(Object.create(null) as object, { codeGeneration: { strings: false, wasm: false } });
  const intrinsics = (runInContext('Object.getOwnPropertyNames(globalThis)', context) as string[]).filter((name) =>
    /^[A-Za-z]\w*$/.test(name),
  );

  const free = freeIn(runInContext('({ JSON, Object })', context) as Parameters<typeof freeIn>[0]);
  for (const [type, known] of Object.entries(methods))
    runInContext(
      `for (const name of Object.getOwnPropertyNames(${type}.prototype))
        if (${JSON.stringify([...known.split(' '), 'constructor', 'length'])}.indexOf(name) < 0) delete ${type}.prototype[name];`,
      context,
    );

  const sandbox: Sandbox = {
    require(name) {
      const inside = mocks.get(name) ?? free[name] ?? (() => undefined);
      if (typeof inside !== 'function') return inside;
      return (...args: readonly unknown[]) => {
        const refusal = refusalOf(template, name, args);
        if (refusal !== undefined) throw new Error(refusal);
        note(name, args);
        return (inside as Api)(...args);
      };
    },
    mock: (name, instead) => void mocks.set(name, instead),
    calls: (name) => calls.get(name) ?? [],
    run(code, given) {
      const names = Object.keys(given);
      const hidden = intrinsics.filter(
        (name) => !names.includes(name) && !['undefined', 'NaN', 'Infinity', 'eval'].includes(name),
      );
      const whole = `(function (${[...names, ...hidden]}) { 'use strict'; return (function () {\n${code}\n})(); })`;
      const run = runInContext(whole, context) as (...values: readonly unknown[]) => unknown;
      return run(...names.map((name) => given[name]));
    },
  };
  return sandbox;
}
