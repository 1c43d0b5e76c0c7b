import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { launchBrowser, newDevice } from './src/browser.ts';
import { freePort } from './src/free-port.ts';
import { until } from './src/until.ts';

const root = join(import.meta.dirname, '..');
const guide = readFileSync(join(root, 'docs/guides/from-mparticle.md'), 'utf8');

/** The guide's fenced blocks: files by their name, commands in order. */
const blocks = [...guide.matchAll(/((?:(?!```).)*)```(\w+)\n(.*?)^```$/gms)];
const files = blocks.flatMap(([, before = '', , body = '']) => {
  const name = /Save as `([\w.]+)`/.exec(before)?.[1];
  return name === undefined ? [] : [[name, body] as const];
});
const [serve, site, people, backend] = blocks.flatMap(([, , language, body = '']) =>
  language === 'sh' ? [body.trim()] : [],
) as [string, string, string, string];

it('docs/guides/from-mparticle leads to one person, step by step', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'selfsame-guide-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const [port, pages] = [await freePort(), await freePort()];
  // Followed to the letter, but for the ports.
  const here = (text: string) => text.replaceAll(':4400', `:${port}`).replaceAll(/\b8000\b/g, String(pages));
  for (const [name, text] of files) writeFileSync(join(folder, name), here(text));

  const shell = (command: string) => {
    const env = { ...process.env, SELFSAME_PORT: String(port), npm_config_yes: 'false' };
    return spawn('bash', ['-c', `exec env ${here(command)}`], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  };
  const inBackground = (command: string) => {
    const child = shell(command);
    child.stdout.resume();
    child.stderr.resume();
    onTestFinished(
      () =>
        new Promise((resolve) => {
          child.once('exit', () => resolve());
          child.kill('SIGTERM');
        }),
    );
  };
  const run = async (command: string) => {
    const child = shell(command);
    let output = '';
    child.stdout.on('data', (part) => (output += part));
    child.stderr.on('data', (part) => (output += part));
    const code = await new Promise((resolve) => child.on('close', resolve));
    return { code, output };
  };

  inBackground(serve.replace('npx selfsame', `${process.execPath} ${join(root, 'packages/cli/bin/selfsame.js')}`));
  inBackground(site);
  const status = (ask: (done: (code: number) => void) => { on(event: 'error', to: () => void): void }) =>
    new Promise<number>((resolve) => ask(resolve).on('error', () => resolve(0)));
  await until(
    () =>
      status((done) =>
        get(`https://127.0.0.1:${port}/readyz`, { rejectUnauthorized: false }, (answer) =>
          done(answer.statusCode ?? 0),
        ),
      ),
    (code) => code === 200,
    60_000,
  );
  await until(
    () =>
      fetch(`http://127.0.0.1:${pages}/shop.html`).then(
        (answer) => answer.ok,
        () => false,
      ),
    (ok) => ok,
  );
  const browser = await launchBrowser();
  onTestFinished(() => browser.close());
  const { page } = await newDevice(browser);
  const told = page.waitForEvent('console', (message) => message.text().startsWith('who is here 200'));
  await page.goto(`http://127.0.0.1:${pages}/shop.html`);
  await told;
  await page.getByRole('button', { name: 'Log in' }).click();
  const shown = (...wanted: readonly string[]) =>
    until(
      () => run(people.replace('npx selfsame', `npx --no selfsame`)),
      ({ output }) => wanted.every((part) => output.includes(part)),
      40_000,
    );
  await shown('Product Viewed', 'Logged In', 'mpid:', 'email:', 'device:', 'plan: "pro"');
  expect(await run(backend)).toMatchObject({ code: 0 });
  await shown('Invoice Paid');
});
