import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import webpack from 'webpack';
import { launchBrowser, newDevice } from '../e2e/src/browser.ts';
import { startPages } from '../e2e/src/pages.ts';
import { PUBLIC_KEY, type Selfsame, startSelfsame } from '../e2e/src/selfsame.ts';
import { until } from '../e2e/src/until.ts';
import { root, run } from './run.ts';
import { buildSdks } from './sdk-packages.ts';

let built: readonly string[];
/** A project of somebody's own, with our packages installed from what `npm pack` made. */
let project: string;

/** Runs a program in the project. @throws Error with what it wrote */
async function inProject(command: string, ...args: string[]): Promise<string> {
  const { ok, output } = await run('sh', ['-c', 'cd "$0" && exec "$@"', project, command, ...args]);
  if (!ok) throw new Error(`${command} ${args.join(' ')}: ${output}`);
  return output;
}
const tarballs = () => readdirSync(project).filter((file) => file.endsWith('.tgz'));
const write = (path: string, text: string) => {
  mkdirSync(join(project, path, '..'), { recursive: true });
  writeFileSync(join(project, path), text);
};

beforeAll(async () => {
  built = await buildSdks();
  project = mkdtempSync(join(tmpdir(), 'selfsame-fresh-'));
  write('package.json', '{ "name": "fresh", "private": true, "type": "module" }');
  for (const folder of built) await inProject('npm', 'pack', folder, '--pack-destination', project);
  await inProject(
    'npm',
    'install',
    '--offline',
    '--no-audit',
    '--no-fund',
    '--legacy-peer-deps',
    ...tarballs().map((one) => `./${one}`),
  );
  // Copies: npm cleans up through links.
  for (const one of ['react', '@types/react', '@types/node', 'csstype', 'undici-types'])
    cpSync(join(root, 'node_modules', one), join(project, 'node_modules', one), { recursive: true });
}, 300_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

describe('the packages as npm gets them', () => {
  it('publint finds nothing', async () => {
    for (const pkgDir of built) {
      const { messages, pkg } = await publint({ pkgDir, pack: false, strict: true });
      expect(messages.map((one) => formatMessage(one, pkg as never, { color: false }))).toEqual([]);
    }
  });

  it('attw finds types right for Node and for bundlers: the packages are modules, without CommonJS', async () => {
    for (const file of tarballs()) {
      const checked = await checkPackage(createPackageFromTarballData(readFileSync(join(project, file))));
      if (checked.types === false) throw new Error(`${file} has no types`);
      const problems = checked.problems.filter(
        (one) => !('resolutionKind' in one) || !['node10', 'node16-cjs'].includes(one.resolutionKind),
      );
      expect([file, problems]).toEqual([file, []]);
      expect(Object.keys(checked.entrypoints).length).toBeGreaterThan(0);
    }
  });

  it('are ready for a release with provenance: public, of this repository, with their licence', () => {
    for (const folder of built)
      expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).toMatchObject({
        publishConfig: { access: 'public', provenance: true },
        repository: { type: 'git', directory: expect.stringMatching(/^packages\/sdk-/) },
        license: 'Apache-2.0',
      });
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
});

describe('a fresh project’s page sends to a running server', { timeout: 180_000 }, () => {
  let selfsame: Selfsame;
  let browser: Awaited<ReturnType<typeof launchBrowser>>;
  beforeAll(async () => {
    selfsame = await startSelfsame({ preset: 'selfsame' });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await selfsame?.dispose();
  });

  /** A page's own module, as its project would have it. */
  const pageModule = (builder: string) => `import { createClient } from '@selfsame/browser';
    const client = createClient({ key: '${PUBLIC_KEY}', endpoint: '${selfsame.url}', sendAfter: 20 });
    client.login({ user: '${builder}' });
    client.track('Seen');`;
  const seenBy = (user: string) =>
    until(
      async () => {
        const person = await selfsame.person('user', user);
        return person === undefined ? [] : (await selfsame.events(person.id)).map((event) => event.name);
      },
      (names) => names.includes('Seen'),
      60_000,
    );
  /** Opens a page of one script, and waits until what it said has come. */
  async function tryIt(user: string, script: string, tag = '<script type="module" src="/page.js"></script>') {
    const pages = await startPages({ '/page.js': script }, `<!doctype html>${tag}`);
    onTestFinished(() => pages.close());
    await look(pages.url, user);
  }
  async function look(url: string, user: string) {
    const { page, context, troubles } = await newDevice(browser);
    await page.goto(url);
    await seenBy(user);
    expect(troubles).toEqual([]);
    await context.close();
  }

  it('Vite, which bundles what is imported and no more', async () => {
    write('vite/index.html', '<!doctype html><script type="module" src="/page.js"></script>');
    write('vite/page.js', pageModule('vite'));
    await inProject(join(root, 'node_modules/.bin/vite'), 'build', 'vite', '--logLevel', 'error');
    const [file = ''] = readdirSync(join(project, 'vite/dist/assets'));
    const code = readFileSync(join(project, 'vite/dist/assets', file), 'utf8');
    expect(code).not.toContain('utm_');
    await tryIt('vite', code);
  });

  it('webpack', async () => {
    write('webpack/page.js', pageModule('webpack'));
    const context = join(project, 'webpack');
    const trouble = await new Promise<string>((resolve, reject) =>
      webpack(
        { context, entry: './page.js', mode: 'production', output: { path: join(context, 'dist') } },
        (error, stats) =>
          error ? reject(error) : resolve(stats?.toString({ all: false, errors: true, warnings: true }) ?? ''),
      ),
    );
    expect(trouble).toBe('');
    const code = readFileSync(join(context, 'dist/main.js'), 'utf8');
    expect(code).not.toContain('utm_');
    await tryIt('webpack', code);
  });

  it('a plain script tag', async () => {
    const script = readFileSync(join(project, 'node_modules/@selfsame/browser/sdk.js'), 'utf8');
    await tryIt(
      'script tag',
      script,
      `<script>
        selfsame = window.selfsame || function () { (selfsame.q = selfsame.q || []).push(arguments) };
        selfsame('init', { key: '${PUBLIC_KEY}', endpoint: '${selfsame.url}', sendAfter: 20 });
        selfsame('login', { user: 'script tag' });
        selfsame('track', 'Seen');
      </script><script async src="/page.js"></script>`,
    );
  });

  it('Next.js: rendered on the server, the visitor’s cookie from its middleware, our hooks in the page', async (test) => {
    write('next/package.json', '{ "name": "fresh-next", "private": true, "type": "module" }');
    // 340 MB that nobody else needs are not among our own dependencies. Not to get them is no fault of our packages.
    const fetched = await inNext('npm', 'install', ...quietly, 'next@16.4.6', 'react@19.2.1', 'react-dom@19.2.1');
    if (!fetched.ok) return test.skip(`npm’s registry did not give Next.js: ${fetched.output.trim().slice(-300)}`);
    const installed = await inNext('npm', 'install', ...quietly, '--offline', ...tarballs().map((one) => `../${one}`));
    expect(installed.ok ? '' : installed.output).toBe('');
    write(
      'next/app/layout.jsx',
      'export default ({ children }) => <html><head><link rel="icon" href="data:," /></head><body>{children}</body></html>;',
    );
    write('next/app/page.jsx', "import Shop from './shop.jsx';\nexport default () => <Shop />;");
    write(
      'next/app/shop.jsx',
      `'use client';
       import { useEffect } from 'react';
       import { SelfsameProvider, usePerson, useSelfsame } from '@selfsame/react';
       const Who = () => {
         const selfsame = useSelfsame();
         useEffect(() => { selfsame.login({ user: 'next' }); selfsame.track('Seen'); }, [selfsame]);
         return <p>{usePerson().isKnown ? 'Hello' : 'Hello stranger'}</p>;
       };
       const options = { key: '${PUBLIC_KEY}', endpoint: '${selfsame.url}', sendAfter: 20 };
       export default () => <SelfsameProvider options={options}><Who /></SelfsameProvider>;`,
    );
    write(
      'next/middleware.js',
      `import { NextResponse } from 'next/server';
       import { withVisitor } from '@selfsame/node/edge';
       export function middleware(request) {
         const response = NextResponse.next();
         withVisitor(request, response, { key: '${PUBLIC_KEY}' });
         return response;
       }`,
    );
    const next = await inNext('node_modules/.bin/next', 'build');
    expect(next.ok ? '' : next.output).toBe('');
    const url = await startNext(join(project, 'next'));
    const answer = await fetch(url);
    expect(await answer.text()).toContain('Hello stranger');
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(new RegExp(`^ss_${PUBLIC_KEY}=[\\da-f-]{36};`));
    await look(url, 'next');
  }, 900_000);

  const quietly = ['--no-audit', '--no-fund', '--prefer-offline', '--legacy-peer-deps'];
  const inNext = (command: string, ...args: string[]) =>
    run('sh', ['-c', 'cd "$0/next" && exec "$@"', project, command, ...args], {
      env: { NEXT_TELEMETRY_DISABLED: '1' },
    });

  /** Serves what was built, on a port that the system chose; answers the address. */
  async function startNext(folder: string): Promise<string> {
    const args = ['node_modules/next/dist/bin/next', 'start', '--port', '0', '--hostname', '127.0.0.1'];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const address = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(line)?.[0];
      if (address !== undefined) return address;
    }
    throw new Error('Next.js ended while starting');
  }
});
