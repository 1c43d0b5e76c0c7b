import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, run } from './run.ts';
import { buildSdks } from './sdk-packages.ts';

/** Bundlers that have to be fetched first are for the long run. */
const long = process.env['SELFSAME_LONG'] === '1';

let built: readonly string[];
/** A project of somebody's own, with our packages installed from what `npm pack` made. */
let project: string;

/** Runs a program in the project. @throws Error with what it wrote */
async function inProject(command: string, ...args: string[]): Promise<string> {
  const { ok, output } = await run('sh', ['-c', 'cd "$0" && exec "$@"', project, command, ...args]);
  if (!ok) throw new Error(`${command} ${args.join(' ')}: ${output}`);
  return output;
}
const write = (path: string, text: string) => {
  mkdirSync(join(project, path, '..'), { recursive: true });
  writeFileSync(join(project, path), text);
};

beforeAll(async () => {
  built = await buildSdks();
  project = mkdtempSync(join(tmpdir(), 'selfsame-fresh-'));
  write('package.json', '{ "name": "fresh", "private": true, "type": "module" }');
  for (const folder of built) await inProject('npm', 'pack', folder, '--pack-destination', project);
  const tarballs = readdirSync(project).filter((file) => file.endsWith('.tgz'));
  await inProject(
    'npm',
    'install',
    '--offline',
    '--no-audit',
    '--no-fund',
    '--legacy-peer-deps',
    ...tarballs.map((one) => `./${one}`),
  );
  // Copies: npm cleans up through links.
  for (const one of ['react', '@types/react', '@types/node', 'csstype', 'undici-types'])
    cpSync(join(root, 'node_modules', one), join(project, 'node_modules', one), { recursive: true });
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

describe('the packages as npm gets them', () => {
  it('publint finds nothing', async () => {
    for (const pkgDir of built) {
      const { messages, pkg } = await publint({ pkgDir, pack: false, strict: true });
      expect(messages.map((one) => formatMessage(one, pkg as never, { color: false }))).toEqual([]);
    }
  });

  it('hold modules, types, licence and README, no sources and no tests', () => {
    const [browser = ''] = built;
    const files = readdirSync(browser, { recursive: true, encoding: 'utf8' });
    expect(files).toEqual(
      expect.arrayContaining([
        'index.js',
        'index.d.ts',
        'compat/xo.js',
        'compat/xo.d.ts',
        'sdk.js',
        'LICENSE',
        'README.md',
      ]),
    );
    expect(files.filter((file) => /(?<!\.d)\.ts$|test/.test(file))).toEqual([]);
    for (const folder of built)
      for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((one) =>
        /\.d\.ts$/.test(one),
      ))
        expect([file, readFileSync(join(folder, file), 'utf8')]).toEqual([
          file,
          expect.not.stringMatching(/protocols\/src|from '[^']+\.ts'/),
        ]);
  });

  it('run in Node, and the edge entry needs nothing of it', async () => {
    write(
      'use.js',
      `import { createClient, signTraits, verify } from '@selfsame/node';
       import * as edge from '@selfsame/node/edge';
       const text = await signTraits({ plan: 'pro' }, 's');
       console.log((await verify(text, 's')).ok, typeof createClient, Object.keys(edge).sort().join());`,
    );
    expect((await inProject('node', 'use.js')).trim()).toBe(
      'true function signIdentity,signTraits,verify,verifyWebhook,visitorOf,withVisitor',
    );
    const code = readFileSync(join(project, 'node_modules/@selfsame/node/edge.js'), 'utf8');
    const chunks = [...code.matchAll(/from "([^"]+)"/g)].map(([, from]) => from as string);
    for (const text of [
      code,
      ...chunks.map((one) => readFileSync(join(project, 'node_modules/@selfsame/node', one), 'utf8')),
    ])
      expect(text).not.toMatch(/node:|process\.|Buffer/);
  });

  it.each(['bundler', 'nodenext'])('have types that a strict project understands (%s)', async (moduleResolution) => {
    write(
      'use.ts',
      `import { createClient, type User } from '@selfsame/browser';
       import { xo } from '@selfsame/browser/compat/xo';
       import { pageviews } from '@selfsame/browser/pageviews';
       import { createClient as backend } from '@selfsame/node';
       import { usePerson } from '@selfsame/react';
       const client = createClient<{ events: { Bought: { total: number } }; traits: { plan: string } }>({ key: 'k', endpoint: 'https://a', plugins: [pageviews(), xo()] });
       void client.track('Bought', { total: 1 });
       // @ts-expect-error a name that is not one of the project's
       void client.track('Baught', { total: 1 });
       // @ts-expect-error a property of another type
       void client.track('Bought', { total: '1' });
       // @ts-expect-error a trait of another type
       void client.setTraits({ plan: 1 });
       void backend({ key: 'k', endpoint: 'https://a' }).login({ user: '42' });
       export const who: () => User = usePerson;`,
    );
    const module = moduleResolution === 'bundler' ? 'esnext' : 'nodenext';
    write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          strict: true,
          exactOptionalPropertyTypes: true,
          noEmit: true,
          target: 'es2022',
          lib: ['es2023', 'dom', 'dom.iterable', 'esnext.disposable'],
          module,
          moduleResolution,
          types: ['node'],
          skipLibCheck: false,
        },
        files: ['use.ts'],
      }),
    );
    expect(await inProject(join(root, 'node_modules/.bin/tsc'), '-p', 'tsconfig.json')).toBe('');
  });

  it('Vite bundles what is imported and no more', async () => {
    write('index.html', '<!doctype html><script type="module" src="/page.js"></script>');
    write(
      'page.js',
      "import { createClient } from '@selfsame/browser';\ncreateClient({ key: 'k', endpoint: 'https://a' }).track('Seen');\n",
    );
    await inProject(join(root, 'node_modules/.bin/vite'), 'build', '--logLevel', 'error');
    const [file = ''] = readdirSync(join(project, 'dist/assets'));
    const code = readFileSync(join(project, 'dist/assets', file), 'utf8');
    expect(code).toContain('/v1/batch');
    expect(code).not.toContain('utm_');
  });

  it.runIf(long)('webpack and Next.js build pages with them', async () => {
    await inProject(
      'npm',
      'install',
      '--no-audit',
      '--no-fund',
      '--legacy-peer-deps',
      'webpack@5',
      'webpack-cli@6',
      'next@16',
      'react@19',
      'react-dom@19',
    );
    write(
      'page.js',
      "import { createClient } from '@selfsame/browser';\ncreateClient({ key: 'k', endpoint: 'https://a' }).track('Seen');\n",
    );
    await inProject('npx', 'webpack', './page.js', '--mode', 'production', '-o', 'webpack-out');
    expect(readFileSync(join(project, 'webpack-out/main.js'), 'utf8')).toContain('/v1/batch');
    write('app/layout.jsx', 'export default ({ children }) => <html><body>{children}</body></html>;');
    write('app/page.jsx', "import Shop from './shop.jsx';\nexport default () => <Shop />;");
    write(
      'app/shop.jsx',
      `'use client';
       import { SelfsameProvider, usePerson } from '@selfsame/react';
       const Who = () => <p>{usePerson().isKnown ? 'Hello' : 'Hello stranger'}</p>;
       export default () => <SelfsameProvider options={{ key: 'k', endpoint: 'https://a' }}><Who /></SelfsameProvider>;`,
    );
    write(
      'middleware.js',
      `import { NextResponse } from 'next/server';
       import { withVisitor } from '@selfsame/node/edge';
       export function middleware(request) { const response = NextResponse.next(); withVisitor(request, response, { key: 'k' }); return response; }`,
    );
    await inProject('npx', 'next', 'build', '--webpack');
  });
});
