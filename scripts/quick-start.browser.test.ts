import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { type Device, launchBrowser, newDevice } from '../e2e/src/browser.ts';
import { until } from '../e2e/src/until.ts';
import { buildConsole } from '../packages/console/test/console-server.ts';
import { guideText } from './guide-reader.ts';
import { root } from './run.ts';

const guide = guideText('quick-start');
const patience = 60_000;

/** A name of the console or of the page that the guide tells its reader to look for. */
function said(name: string): string {
  expect(guide).toMatch(new RegExp(`[_*“\`]${name.replaceAll(/[.*+?^$()[\]{}|\\]/g, '\\$&')}[_*”\`]`));
  return name;
}

const blocks = [...guide.matchAll(/((?:(?!```).)*)```(\w+)\n(.*?)^```$/gms)].map(
  ([, before = '', language = '', text = '']) => ({
    file: /Save as `([\w.]+)`/.exec(before)?.[1],
    language,
    text,
  }),
);
const commands = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text.trim());
const pasted = blocks.filter(({ language }) => language === 'js').map(({ text }) => text);
/** What the receiver prints, step by step. */
const printed = blocks.filter(({ language }) => language === 'text').map(({ text }) => text.trim().split('\n'));

it('docs/guides/quick-start leads from an input to a user at the receiver, step by step', {
  timeout: 5 * patience,
}, async () => {
  expect([commands.length, pasted.length, printed.length]).toEqual([4, 5, 4]);
  const [serve = '', site = '', receive = '', show = ''] = commands;
  await buildConsole();
  const folder = mkdtempSync(join(tmpdir(), 'selfsame-quick-start-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of ['node_modules', 'examples']) symlinkSync(join(root, name), join(folder, name));
  // To the letter, but for the ports: each program takes a free one and says which.
  const ports = new Map<string, string>();
  const here = (text: string) => [...ports].reduce((all, [usual, port]) => all.replaceAll(usual, port), text);
  const save = (name: string) =>
    writeFileSync(join(folder, name), here(blocks.find(({ file }) => file === name)!.text));
  const env = {
    ...process.env,
    SELFSAME_PORT: '0',
    SELFSAME_LOG: 'error',
    PYTHONUNBUFFERED: '1',
    npm_config_yes: 'false',
  };
  const start = (command: string) => {
    const child = spawn('bash', ['-c', `exec env ${command}`], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => ended(child));
    return child;
  };

  // 1. The input, 2. the page.
  const selfsame = `${process.execPath} ${join(root, 'packages/cli/bin/selfsame.js')}`;
  save('shop.json');
  ports.set('4400', await portOf(start(serve.replace('npx selfsame', selfsame)), /Selfsame answers at \S+:(\d+)/));
  save('shop.html');
  ports.set('8000', await portOf(start(site.replace('8000', '0')), /port (\d+)/));
  const browser = await launchBrowser();
  onTestFinished(() => browser.close());
  const { page: shop } = await newDevice(browser);
  const { page: board } = await newDevice(browser);
  for (const page of [shop, board]) page.setDefaultTimeout(patience);
  const greeted = shop.waitForEvent('console', (message) => message.text().startsWith('who is here 200'));
  await shop.goto(here('http://127.0.0.1:8000/shop.html'));
  const mpid = (await greeted).text().split(' ').at(-1) as string;

  // 3. Verified in Live.
  const token = readFileSync(join(folder, 'shop-data/console-token'), 'utf8').trim();
  await board.goto(here(`https://127.0.0.1:4400/login?token=${token}`));
  await board.getByRole('link', { name: said('Live') }).click();
  for (const name of ['identify', 'session_start', 'application_state_transition'])
    await board
      .getByRole('button', { name: new RegExp(said(name)) })
      .first()
      .waitFor();

  // 4. The output.
  const receiver = start(receive.replace('8500', '0'));
  const lines: string[] = [];
  createInterface({ input: receiver.stdout }).on('line', (line) => lines.push(line));
  const prints = (wanted: readonly string[]) =>
    until(
      async () => lines,
      (all) => wanted.every((line) => all.includes(line)),
      patience,
    );
  ports.set('8500', await portOf(receiver, /Post to \S+:(\d+)/));
  await board.getByRole('link', { name: said('Outputs') }).click();
  const form = board.getByRole('form', { name: said('New output') });
  await form.getByLabel(said('Kind')).selectOption({ label: said('mParticle’s webhook form') });
  await form.getByLabel(said('Name')).fill(said('receiver'));
  await form.getByLabel(said('Address')).fill(here(said('http://127.0.0.1:8500/')));
  await form.getByRole('button', { name: said('Make and test') }).click();
  await board.getByText('The test item has arrived.').waitFor();
  await prints(printed[0] ?? []);

  // 5. The connection.
  await board.getByRole('button', { name: said('Connect …') }).click();
  const joining = board.getByRole('form', { name: 'New connection' });
  await joining.getByLabel(said('From'), { exact: true }).selectOption({ label: said('mParticle: pages and apps') });
  await joining.getByLabel(said('To'), { exact: true }).selectOption({ label: said('receiver') });
  await joining.getByRole('button', { name: said('Connect') }).click();
  await board.getByRole('region', { name: 'Map' }).getByText('mParticle: pages and apps').waitFor();

  // 6. Verified at the receiver and in Live.
  await shop.getByRole('button', { name: said('Press me') }).click();
  await board.getByText(said('The first message has arrived at receiver.')).waitFor();
  await prints(printed[1] ?? []);
  await board.getByRole('link', { name: said('Live') }).click();
  await board.getByLabel(said('Direction')).selectOption({ label: said('Going out') });
  await board.getByRole('button', { name: /sent.*Button Pressed.*receiver/ }).waitFor();

  // 7. Events.
  for (const block of pasted.slice(0, 3)) await paste({ page: shop }, block);
  await prints(printed[2] ?? []);

  // 8. A user.
  const known = shop.waitForEvent('console', (message) => message.text().startsWith('logged in 200'));
  await paste({ page: shop }, pasted[3] ?? '');
  expect((await known).text().split(' ').at(-1)).toBe(mpid);
  await paste({ page: shop }, pasted[4] ?? '');
  await prints(printed[3] ?? []);
  const batches = (await (await fetch(here('http://127.0.0.1:8500/messages'))).text()) as string;
  const all = JSON.parse(batches) as readonly { readonly events: readonly object[] }[];
  expect(all.find(({ events }) => events.length === 0)).toMatchObject({
    user_attributes: { $FirstName: 'Ann', destinations: ['Paris', 'Rome'], vip: null },
  });
  expect(all.find(({ events }) => events.length > 0)).toMatchObject({ environment: 'development' });
  expect(batches).toContain(`"mpid":${mpid},`);
  const shown = await output(start(here(show).replace('npx selfsame', selfsame)));
  for (const part of ['mpid:', 'email:', 'Button Pressed', 'Video Watched', 'Destination Details', 'Wishlist Opened'])
    expect(shown).toContain(part);
});

/** As a reader pastes it into the page's console. */
const paste = ({ page }: Pick<Device, 'page'>, script: string) => page.evaluate(`(() => {\n${script}\n})()`);

/** The port that a program says it took. */
const portOf = (child: ChildProcess, said: RegExp) =>
  new Promise<string>((resolve, reject) => {
    let all = '';
    const hear = (part: Buffer) => {
      all += part;
      const port = said.exec(all)?.[1];
      if (port !== undefined) resolve(port);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', () => reject(new Error(`it ended: ${all}`)));
  });

const output = (child: ChildProcess) =>
  new Promise<string>((resolve) => {
    let all = '';
    child.stdout?.on('data', (part: Buffer) => (all += part));
    child.stderr?.on('data', (part: Buffer) => (all += part));
    child.once('close', () => resolve(all));
  });

const ended = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
