import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientPath, labelOf } from './src/clients.ts';
import { askedBy, mparticleWebRoutes, sourcesOf, unanswered } from './src/sdk-routes.ts';
import { PUBLIC_KEY, type Selfsame, startSelfsame } from './src/selfsame.ts';

let selfsame: Selfsame;
beforeAll(async () => {
  selfsame = await startSelfsame();
});
afterAll(() => selfsame?.dispose());

const others = [
  ['mixpanel-browser-2.29', 'src/*.js', '/mixpanel', 4],
  ['mixpanel-browser-2.40', 'dist/mixpanel.cjs.js', '/mixpanel', 4],
  ['mixpanel-browser-2.47', 'dist/mixpanel.cjs.js', '/mixpanel', 3],
  ['mixpanel-browser-2.55', 'dist/mixpanel.cjs.js', '/mixpanel', 4],
  ['analytics-node', 'index.js', '/segment', 1],
  ['@customerio/cdp-analytics-node', 'dist/esm/**/*.js', '/segment', 1],
] as const;
describe.each(others.map(([name, ...rest]) => [labelOf(name), name, ...rest] as const))(
  '%s, its sources',
  (_label, name, files, prefix, least) => {
    it('every address in them is answered', async () => {
      const asked = askedBy(sourcesOf(clientPath(name), files), prefix, PUBLIC_KEY);
      expect(asked.length).toBeGreaterThanOrEqual(least);
      expect(await unanswered(selfsame.url, asked)).toEqual([]);
    });
  },
);

const generations = ['2.11', '2.30', '2.51'].map((one) => `mparticle-web-sdk-${one}`);
describe.each(generations.map((name) => [labelOf(name), name] as const))('%s, its sources', (_label, name) => {
  it('every address in them is answered', async () => {
    const asked = mparticleWebRoutes(sourcesOf(clientPath(name), 'dist/mparticle.common.js'), PUBLIC_KEY);
    expect(asked.length).toBeGreaterThan(8);
    expect(await unanswered(selfsame.url, asked)).toEqual([]);
  });
});
