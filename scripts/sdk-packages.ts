import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { root, run } from './run.ts';

/** One of our packages for npm: where its sources are, and what of Node or of others it finds where it is installed. */
interface SdkPackage {
  readonly folder: 'sdk-browser' | 'sdk-node' | 'sdk-react';
  readonly platform: 'browser' | 'node' | 'neutral';
  readonly external: readonly (string | RegExp)[];
}

const packages: readonly SdkPackage[] = [
  { folder: 'sdk-browser', platform: 'browser', external: [] },
  { folder: 'sdk-node', platform: 'node', external: [/^node:/] },
  { folder: 'sdk-react', platform: 'neutral', external: ['react', '@selfsame/browser'] },
];

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly description: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly engines?: object;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: object;
}

/**
 * Builds every SDK as npm gets it, in `packages/<folder>/dist`: ESM with types, a manifest of its own, licence and
 * README. Answers the folders. @throws Error with what the compiler said
 */
export async function buildSdks(): Promise<readonly string[]> {
  const built: string[] = [];
  for (const one of packages) built.push(await buildSdk(one));
  return built;
}

async function buildSdk({ folder, platform, external }: SdkPackage): Promise<string> {
  const home = join(root, 'packages', folder);
  const out = join(home, 'dist');
  const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as Manifest;
  // What is under build/ is for this repository.
  const entries = Object.entries(manifest.exports).filter(([, file]) => file.startsWith('./src/'));
  const nameOf = (file: string) => file.replace(/^\.\/src\/|\.ts$/g, '');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);

  const build = await rolldown({
    input: Object.fromEntries(entries.map(([, file]) => [nameOf(file), join(home, file)])),
    platform,
    external: [...external],
  });
  await build.write({ dir: out, format: 'esm', chunkFileNames: 'chunks/[name].js' });
  await build.close();
  await writeTypes(home, out);

  if (folder === 'sdk-browser') {
    const { browserScript } = await import('../packages/sdk-browser/build/script.ts');
    writeFileSync(join(out, 'sdk.js'), await browserScript('tag'));
  }
  // npm holds the provenance of a release against it.
  const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { repository: object };
  const { name, version, license, description, engines, peerDependencies } = manifest;
  const dependencies = folder === 'sdk-react' ? manifest.dependencies : undefined;
  const published = {
    ...{ name, version, license, description, type: 'module', sideEffects: false },
    exports: Object.fromEntries(
      entries.map(([path, file]) => [path, { types: `./${nameOf(file)}.d.ts`, default: `./${nameOf(file)}.js` }]),
    ),
    ...(folder === 'sdk-browser' ? { unpkg: './sdk.js', jsdelivr: './sdk.js' } : {}),
    ...{ engines, dependencies, peerDependencies, repository: { ...repository, directory: `packages/${folder}` } },
    publishConfig: { access: 'public', provenance: true },
  };
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(published, undefined, 2)}\n`);
  // Links to other folders of the repository lead nowhere from npm.
  const readme = readFileSync(join(home, 'README.md'), 'utf8').replace(/\[([^\]]+)\]\((?:\.\.\/|src\/)[^)]*\)/g, '$1');
  writeFileSync(join(out, 'README.md'), readme);
  cpSync(join(root, 'LICENSE'), join(out, 'LICENSE'));
  return out;
}

/** The declarations of a package's sources, beside its modules. */
export async function writeTypes(home: string, out: string): Promise<void> {
  const made = mkdtempSync(join(tmpdir(), 'selfsame-types-'));
  const config = join(home, 'tsconfig.published.json');
  try {
    writeFileSync(
      config,
      JSON.stringify({
        extends: '../../tsconfig.base.json',
        compilerOptions: {
          ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, outDir: made, rootDir: '..' },
          ...(basename(home) === 'sdk-node' ? {} : { lib: ['ES2024', 'DOM', 'DOM.Iterable'] }),
        },
        include: ['src'],
      }),
    );
    const { ok, output } = await run('tsc', ['-p', config]);
    if (!ok) throw new Error(`the types of ${basename(home)} were not made: ${output}`);
    const from = join(made, basename(home), 'src');
    for (const file of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.d.ts')) continue;
      const text = readFileSync(join(from, file), 'utf8').replace(/(from '\.{1,2}\/[^']+)\.ts'/g, "$1.js'");
      mkdirSync(dirname(join(out, file)), { recursive: true });
      writeFileSync(join(out, file), text);
    }
  } finally {
    rmSync(config, { force: true });
    rmSync(made, { recursive: true, force: true });
  }
}
