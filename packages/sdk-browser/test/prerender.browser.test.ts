import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { endProcess } from '../../../e2e/src/ending.ts';
import { PUBLIC_KEY, startSelfsame } from '../../../e2e/src/selfsame.ts';
import { until } from '../../../e2e/src/until.ts';
import { startGateway } from './gateway.ts';

/** Chromium as it is, with nobody who drives it: a page that is watched is not prerendered. Resolves at once. */
function openChromium(url: string): void {
  const profile = mkdtempSync(join(tmpdir(), 'selfsame-chromium-'));
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
  ];
  const child = spawn(
    process.env['SELFSAME_CHROMIUM'] ?? '/usr/bin/chromium',
    [
      ...flags,
      '--disable-component-update',
      '--disable-sync',
      `--user-data-dir=${profile}`,
      '--remote-debugging-port=0',
      url,
    ],
    { stdio: 'ignore' },
  );
  onTestFinished(async () => {
    await endProcess(child);
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });
}

it('G27: a page that Chromium prerenders sends nothing before somebody looks at it', { timeout: 180_000 }, async () => {
  const server = await startSelfsame({ preset: 'selfsame' });
  onTestFinished(() => server.dispose());
  const pages: Record<string, string> = {
    '/rules': `<!doctype html><script type="speculationrules">
      { "prerender": [{ "source": "list", "urls": ["/prepared"], "eagerness": "immediate" }] }</script><script>
      (async () => {
        while ((await (await fetch('/may-go')).text()) !== 'go') await new Promise((next) => setTimeout(next, 100));
        location.href = '/prepared';
      })();</script>`,
    '/may-go': 'stay',
    // Says, past our client, when its timers have run and nobody has seen it yet.
    '/prepared': `<!doctype html><script src="${server.url}/sdk.js"></script><script>
      selfsame('init', { key: '${PUBLIC_KEY}', endpoint: '${server.url}', plugins: ['pageviews'], sendAfter: 1 });
      selfsame('login', { user: 'looked' });
      selfsame('track', 'seen').then(({ status }) =>
        setTimeout(() => fetch('/waits/' + status + '/' + document.prerendering), 300));</script>`,
  };
  const gateway = await startGateway(server.url, pages);
  onTestFinished(() => gateway.close());
  openChromium(`${gateway.site}/rules`);
  const visited = (path: string) =>
    until(
      async () => gateway.visited,
      (paths) => paths.includes(path),
      60_000,
    );
  await visited('/waits/queued/true');
  expect(await server.stats()).toMatchObject({ received: 0 });
  pages['/may-go'] = 'go';
  const names = await until(
    async () => {
      const person = await server.person('user', 'looked');
      return person === undefined ? [] : (await server.events(person.id)).map((event) => event.name);
    },
    (found) => found.length >= 2,
    60_000,
  );
  expect(names.sort()).toEqual(['page', 'seen']);
  // It was the prepared page that was shown, and no other.
  expect(gateway.visited.filter((path) => path === '/prepared')).toHaveLength(1);
  expect(gateway.visited.filter((path) => path.startsWith('/waits/'))).toEqual(['/waits/queued/true']);
});
