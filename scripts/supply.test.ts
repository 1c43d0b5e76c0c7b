import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './run.ts';
import { sourceFiles } from './source-files.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}
interface Lock {
  readonly packages: Readonly<Record<string, { link?: boolean; resolved?: string; integrity?: string }>>;
}

it('every dependency is of one exact version, locked with its digest, and runs nothing when it is installed (S43)', () => {
  const manifests = sourceFiles('package.json', 'packages/*/package.json', 'examples/*/package.json');
  const loose = manifests.flatMap((file) => {
    const { dependencies, devDependencies, scripts } = JSON.parse(read(file)) as Manifest;
    const versions = Object.entries({ ...dependencies, ...devDependencies });
    const open = versions.filter(([, version]) => !/^(npm:@?[\w./-]+@)?\d+\.\d+\.\d+[\w.-]*$/.test(version));
    const run = ['preinstall', 'install', 'postinstall', 'prepare'].filter((name) => scripts?.[name] !== undefined);
    return [...open.map(([name, version]) => `${file}: ${name} ${version}`), ...run.map((name) => `${file}: ${name}`)];
  });
  expect(loose).toEqual([]);
  expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
  const { packages } = JSON.parse(read('package-lock.json')) as Lock;
  const fetched = Object.entries(packages).filter(([path, { link }]) => /(^|\/)node_modules\//.test(path) && !link);
  expect(fetched.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([]);
  console.log(`S43: ${fetched.length} packages locked with their digest, ${manifests.length} manifests, none loose`);
});
