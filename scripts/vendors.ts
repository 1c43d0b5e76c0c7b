import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wires } from '../packages/protocols/src/wires.ts';
import { root } from './run.ts';
import { sourceFiles } from './source-files.ts';

/**
 * Where a vendor may be named outside its wire's folder, and why: beginnings of paths. Everything else a wire needs of the
 * others it brings along ({@link Wire}), so that one more is a folder and a line.
 */
const allowed: ReadonlyMap<string, string> = new Map([
  ['packages/protocols/src/wires.ts', 'the list of them'],
  ['packages/protocols/src/index.ts', 'for the command line, which reads files of theirs'],
  ['packages/protocols/src/signed-token.ts', 'the original merge has handles, which are rules of ours'],
  ['packages/identity/src/policy/', 'a preset is rules that reproduce a vendor, each with its number'],
  ['packages/store/src/conformance/', 'the laws hold under every preset'],
  ['packages/outputs/src/', 'destinations are folders, too, and a connection reads what the wires put into events'],
  ['packages/server/src/delivery/outputs/build.ts', 'the list of destinations'],
  ['packages/server/src/settings/output-schema.ts', 'settings of destinations'],
  ['packages/server/src/routes/outputs.ts', 'destinations, as the API has them'],
  ['packages/server/src/settings/connection-schema.ts', 'an example'],
  ['packages/server/src/routes/scenarios.ts', 'an example'],
  ['packages/server/src/settings/schema.ts', 'a field of a policy'],
  ['packages/server/src/api/', 'the same, as the API has it'],
  ['packages/server/src/routes/project.ts', 'the same, as the API has it'],
  ['packages/server/src/settings/load.ts', 'a key of the project `demo`, for the demo shop'],
  ['packages/server/src/settings/secrets.ts', 'the same, as `secrets.json` has it'],
  ['packages/server/src/routes/shop.ts', 'pages of the demo shop speak with libraries of theirs'],
  ['packages/cli/src/import/', 'files are written by vendors'],
  ['packages/cli/src/verify/', 'reads such files by their wires'],
  ['packages/cli/src/simulate/', 'writes a file in one of those forms'],
  ['packages/cli/src/commands/', 'help texts and their examples'],
  ['packages/console/src/parts/words.ts', 'rules of the original merge, in words'],
  ['packages/console/src/rooms/take-back.tsx', 'a segment of people'],
  ['packages/console/src/rooms/setup', 'what to paste into a page, and one request as its SDK would make it'],
  ['packages/console/src/rooms/outputs/', 'forms of destinations'],
  ['packages/console/src/rooms/policy/', 'what a field of a policy does, in words'],
  ['packages/sdk-browser/src/compat/', 'shims of their SDKs, one a file'],
]);

/** Words that name a vendor, also as a part of a name; of those that are words of ours, too, only what is surely a name. */
const ofOurs: ReadonlyMap<string, RegExp> = new Map([
  ['native', /(?!)/],
  ['segment', /'segment'|"segment"|`segment`|\/segment\/|\bSegment(?:’s|'s| )/],
  ['xo', /(?<![A-Za-z])(?:xo|XO)(?![a-z])|\bxo[A-Z]/],
]);

/** Sources that name a vendor where nothing allows it, and allowances that nothing needs. */
export function vendorProblems(): readonly string[] {
  const files = sourceFiles('packages/*/src/*.ts', 'packages/*/src/*.tsx')
    .filter((file) => existsSync(join(root, file)))
    .map((file) => [file, readFileSync(join(root, file), 'utf8')] as const);
  const named = files.flatMap(([file, text]) => vendorsIn(file, text).map((line) => ({ file, line })));
  const reasons = [...allowed.keys()];
  return [
    ...named
      .filter(({ file }) => !reasons.some((path) => file.startsWith(path)))
      .map(({ line }) => `${line}; let its wire bring it along, or say in scripts/vendors.ts why not`),
    ...reasons
      .filter((path) => !named.some(({ file }) => file.startsWith(path)))
      .map((path) => `scripts/vendors.ts: ${path} names no vendor: take it out`),
  ];
}

/** Vendors that a source names outside their folder, as `file:line: name`. Comments and tests may. */
export function vendorsIn(file: string, text: string): readonly string[] {
  if (file.includes('.test.')) return [];
  const lines = withoutComments(text).split('\n');
  return wires
    .filter(({ name }) => !file.startsWith(`packages/protocols/src/${name}/`))
    .flatMap(({ name }) => {
      const pattern = ofOurs.get(name) ?? new RegExp(name, 'i');
      return lines.flatMap((line, i) => (pattern.test(line) ? [`${file}:${i + 1}: names ${name}`] : []));
    });
}

/** Without comments, its lines where they were. */
const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, (comment) => comment.replaceAll(/[^\n]/g, ''));
