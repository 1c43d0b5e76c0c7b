import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askedBy, mparticleWebRoutes, sourcesOf, unanswered } from './src/sdk-routes.ts';
import { PUBLIC_KEY, type Selfsame, startSelfsame } from './src/selfsame.ts';

let selfsame: Selfsame;
beforeAll(async () => {
  selfsame = await startSelfsame();
});
afterAll(() => selfsame?.dispose());

const require = createRequire(import.meta.url);
const packageOf = (name: string): string => {
  const [folder] =
    require.resolve
      .paths(name)
      ?.map((one) => join(one, name))
      .filter(isThere) ?? [];
  if (folder === undefined) throw new Error(`${name} is not installed`);
  return folder;
};
const isThere = (folder: string): boolean => {
  try {
    return dirname(require.resolve(join(folder, 'package.json'))) === folder;
  } catch {
    return false;
  }
};

describe.each([
  ['mixpanel-browser', 'dist/mixpanel.cjs.js', '/mixpanel', 6],
  ['mixpanel', 'lib/**/*.js', '/mixpanel', 6],
  ['@segment/analytics-next', 'dist/pkg/**/*.js', '/segment', 3],
  ['@segment/analytics-node', 'dist/esm/**/*.js', '/segment', 1],
  ['mparticle', 'src/**/*.js', '/mparticle/v2', 2],
] as const)('%s, its sources', (name, files, prefix, least) => {
  it('every address in them is answered', async () => {
    const asked = askedBy(sourcesOf(packageOf(name), files), prefix, PUBLIC_KEY);
    expect(asked.length).toBeGreaterThanOrEqual(least);
    expect(await unanswered(selfsame.url, asked)).toEqual([]);
  });
});

describe('@mparticle/web-sdk, its sources', () => {
  it('every address in them is answered', async () => {
    const source = sourcesOf(packageOf('@mparticle/web-sdk'), 'dist/mparticle.common.js');
    const asked = mparticleWebRoutes(source, PUBLIC_KEY);
    expect(asked.length).toBeGreaterThan(15);
    expect(await unanswered(selfsame.url, asked)).toEqual([]);
  });
});
