import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { root } from './run.ts';
import { sourceFiles } from './source-files.ts';

interface Boundary {
  /** Our packages. */
  readonly may: readonly string[];
  /** Only as types, erased at build. */
  readonly types?: readonly string[];
  /** Neither clock nor chance, and nothing from outside but what {@link brings} names. */
  readonly pure?: true;
  readonly brings?: readonly string[];
}

/** Which packages a package's sources may import (ARCHITECTURE.md). */
const table: Readonly<Record<string, Boundary>> = {
  // A block list's patterns in linear time [V5].
  identity: { may: [], pure: true, brings: ['re2js'] },
  // What a wire sends on its own is an output.
  protocols: { may: ['identity', 'outputs'], pure: true },
  outputs: { may: ['identity', 'store'], pure: true },
  store: { may: ['identity'] },
  'store-embedded': { may: ['identity', 'store', 'outputs'] },
  'store-postgres': { may: ['identity', 'store'] },
  server: {
    may: [
      'identity',
      'protocols',
      'outputs',
      'store',
      'store-embedded',
      'store-postgres',
      'shop',
      'console',
      'sdk-browser',
    ],
  },
  cli: { may: ['identity', 'protocols', 'store', 'store-embedded', 'server', 'shop'] },
  console: { may: [], types: ['server', 'store', 'identity'] },
  // The scripts for pages that XO and SPiD serve are also what its shims are made of; bundled when it is built.
  'sdk-browser': { may: ['protocols'] },
  'sdk-node': { may: [], types: ['protocols'] },
  'sdk-react': { may: ['sdk-browser'] },
  gtm: { may: [] },
};

/** Packages whose folder is not named as they are. */
const folders: Readonly<Record<string, string>> = { browser: 'sdk-browser', node: 'sdk-node', react: 'sdk-react' };

/** `import … from 'x'`, `export … from 'x'`, `import 'x'`, `import('x')`; the first group says whether it is of types. */
const importing = /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/g;
/** What would make the rules or a wire depend on the moment or on luck. */
const impure = /\bMath\.random\b|\bDate\s*[.(]|\bperformance\.now\b/;

/**
 * Where a wire may look at the graph: what it answers depends on it. What an item means does not (G8), or a batch and its
 * items one by one, or two orders of arrival, would mean different things.
 */
const asks: ReadonlySet<string> = new Set([
  // Answers of search, and of calls that change nothing.
  'packages/protocols/src/mparticle/identity.ts',
  // Who is logged in here, whose traits these are, and who may ask: answers of the script's calls and of REST.
  ...['session', 'visitor', 'ladder', 'connection', 'rest'].map((name) => `packages/protocols/src/spid/${name}.ts`),
]);
const looking = /\.graph\(/;

/**
 * Rooms of the rules that read and never write: what is decided is facts, and `evidence/apply.ts` alone puts facts into a
 * graph. A `Draft` is a graph that can be written.
 */
const readingRooms = /^packages\/identity\/src\/(?:deciding|directory|reading|policy|words)\//;
const writing = /\bDraft\b|\/evidence\/apply\.ts'|\.put\(/;
/** It looks ahead: what has been said so far is applied to an overlay of its own, which is thrown away. */
const looksAhead = 'packages/identity/src/deciding/plan.ts';

/** Every import that the table does not allow, and every impure word in a pure package, as `file: what`. */
export function boundaryProblems(): readonly string[] {
  return sourceFiles('packages/*/src/**/*.ts', 'packages/*/src/**/*.tsx')
    .filter((file) => existsSync(join(root, file)) && !file.includes('.test.'))
    .flatMap((file) => problemsOf(file, readFileSync(join(root, file), 'utf8')));
}

/** As {@link boundaryProblems} for one file, `packages/<name>/src/…`. */
export function problemsOf(file: string, text: string): readonly string[] {
  const name = file.split('/')[1] ?? '';
  const rule = table[name];
  if (rule === undefined) return [`${file}: package ${name} is not in the table of scripts/boundaries.ts`];
  const problems: string[] = [];
  for (const [, type, from, dynamic] of text.matchAll(importing)) {
    const target = from ?? dynamic ?? '';
    const other = packageOf(file, target);
    if (other === name) continue;
    if (other === undefined) {
      if (rule.pure && !rule.brings?.includes(target))
        problems.push(`${file}: ${name} imports nothing from outside, but here ${target}`);
      continue;
    }
    const allowed = rule.may.includes(other) || (type !== undefined && (rule.types ?? []).includes(other));
    if (!allowed) problems.push(`${file}: ${name} may not import ${type === undefined ? '' : 'types of '}${other}`);
  }
  if (name === 'protocols' && !asks.has(file) && looking.test(withoutComments(text)))
    problems.push(`${file}: translation never looks at the graph`);
  if (readingRooms.test(file) && file !== looksAhead && writing.test(withoutComments(text)))
    problems.push(`${file}: deciding and reading never write a graph`);
  if (rule.pure) {
    const found = impure.exec(withoutComments(text))?.[0];
    if (found !== undefined) problems.push(`${file}: ${name} is pure, but here ${found}`);
  }
  return problems;
}

/** Our package that an import leads to, by name or by path; undefined for Node and npm. */
function packageOf(file: string, target: string): string | undefined {
  if (target.startsWith('.')) {
    const [top, name] = posix.join(posix.dirname(file), target).split('/');
    return top === 'packages' ? name : top;
  }
  if (isBuiltin(target)) return undefined;
  const name = /^@selfsame\/([^/]+)/.exec(target)?.[1];
  return name === undefined ? undefined : (folders[name] ?? name);
}

const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
