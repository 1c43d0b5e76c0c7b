import { isDeepStrictEqual } from 'node:util';
import { createSandbox, refusedWords } from './sandbox.ts';
import type { Template } from './template.ts';

/** Runs one of a template's own tests, in its own words. @throws Error that says what was not as expected */
export function runScenario(template: Template, code: string): void {
  const sandbox = createSandbox(template);
  const told = { gtmOnSuccess: 0, gtmOnFailure: 0 };
  const same = (a: unknown, b: unknown) => isDeepStrictEqual(plain(a), plain(b));
  const fail = (message: string): never => {
    throw new Error(message);
  };
  const calls = (name: string) =>
    name in told ? Array.from({ length: told[name as keyof typeof told] }, () => []) : sandbox.calls(name);

  sandbox.run(code, {
    require: sandbox.require,
    mock: sandbox.mock,
    fail,
    runCode: (data: object) => {
      const refused = refusedWords(template.code);
      if (refused.length > 0) fail(`the sandbox does not understand ${refused.join(', ')}`);
      sandbox.run(template.code, {
        require: sandbox.require,
        data: {
          ...data,
          gtmOnSuccess: () => void told.gtmOnSuccess++,
          gtmOnFailure: () => void told.gtmOnFailure++,
        },
      });
    },
    assertThat: (actual: unknown) => ({
      isEqualTo: (wanted: unknown) =>
        same(actual, wanted) || fail(`expected ${JSON.stringify(wanted)}, saw ${JSON.stringify(actual)}`),
      isTrue: () => actual === true || fail(`expected true, saw ${JSON.stringify(actual)}`),
    }),
    assertApi: (name: string) => ({
      wasCalled: () => calls(name).length > 0 || fail(`${name} was not called`),
      wasNotCalled: () => calls(name).length === 0 || fail(`${name} was called`),
      wasCalledWith: (...wanted: readonly unknown[]) =>
        calls(name).some((args) => same(args.slice(0, wanted.length), wanted)) ||
        fail(`${name} was called with ${JSON.stringify(calls(name))}, never with ${JSON.stringify(wanted)}`),
    }),
  });
}

/** Values of one realm: what comes out of the sandbox has prototypes of its own. */
const plain = (value: unknown): unknown =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value) ?? 'null');
