import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, newDevice } from '../e2e/src/browser.ts';
import { freePort } from '../e2e/src/free-port.ts';
import { until } from '../e2e/src/until.ts';
import { root } from './run.ts';

/** What the person has when the page has been used, and when every later step of the guide has been taken. */
interface Guide {
  readonly name: string;
  readonly events: readonly string[];
  readonly shows: readonly string[];
  readonly later: readonly string[];
  /** What a command beginning with `PERSON=` comes to print. */
  readonly prints?: readonly string[];
}

const guides: readonly Guide[] = [
  {
    name: 'from-mixpanel',
    events: ['Product Viewed', 'Logged In'],
    shows: ['device:', 'plan: "pro"'],
    later: ['Signed Up', 'Purchased', 'Invoice Paid'],
  },
  {
    name: 'from-xo',
    events: ['view', 'add-to-cart'],
    shows: ['session:', 'plan: "pro"', 'regular'],
    later: ['purchase'],
  },
  {
    name: 'from-segment',
    events: ['page', 'Product Viewed', 'Logged In'],
    shows: ['device:', 'plan: "pro"'],
    later: ['Invoice Paid'],
  },
  {
    name: 'own-sdk',
    events: ['page', 'Product Viewed', 'Logged In'],
    shows: ['device:', 'plan: "pro"'],
    later: ['Invoice Paid'],
  },
  {
    name: 'from-spid',
    events: ['Login'],
    shows: ['visitor:', 'plan: "pro"', 'Newsletter subscriber: true'],
    later: [],
  },
  {
    name: 'spid-to-mixpanel',
    events: ['Page opened', 'Login', 'Traits set'],
    shows: ['distinct_id:', 'plan: "pro"', 'Locale: "nb_NO"', 'Birthday: "undisclosed"'],
    later: ['Order complete'],
    prints: [
      ...['"name":"Order complete"', '"Price":9', '"plan":"pro"', '"SPiD ID":"customer-42"'],
      ...['"User status":"connected"', '"Client":"The Shop"'],
    ],
  },
];

/** The fenced blocks of a guide in order: files, where the text before says `Save as`, and commands. */
type Step =
  | { readonly type: 'file'; readonly path: string; readonly text: string }
  | { readonly type: 'command'; readonly text: string };

function stepsOf(name: string): readonly Step[] {
  const text = readFileSync(join(root, 'docs/guides', `${name}.md`), 'utf8');
  return [...text.matchAll(/((?:(?!```).)*)```(\w+)\n(.*?)^```$/gms)].flatMap(
    ([, before = '', language, body = '']): Step[] => {
      const path = /Save as `([\w.]+)`/.exec(before)?.[1];
      if (path !== undefined) return [{ type: 'file', path, text: body }];
      return language === 'sh' ? [{ type: 'command', text: body.trim() }] : [];
    },
  );
}

let browser: Awaited<ReturnType<typeof launchBrowser>>;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

describe.each(guides)('docs/guides/$name', ({ name, events, shows, later, prints = [] }) => {
  // Followed to the letter, but for the ports.
  it('leads to one person, step by step', { timeout: 180_000 }, async () => {
    const folder = readersFolder();
    const port = await freePort();
    const site = await freePort();
    const here = (text: string) => text.replaceAll(':4400', `:${port}`).replaceAll(/\b8000\b/g, String(site));
    const shell = (command: string) => runShell(here(command), folder, port);
    let show = '';
    const shown = (wanted: readonly string[], parts: readonly string[] = []) =>
      until(
        () => shell(show),
        ({ output }) =>
          wanted.every((event) => output.includes(`  ${event}\n`)) && parts.every((part) => output.includes(part)),
        30_000,
      );
    for (const step of stepsOf(name)) {
      if (step.type === 'file') writeFileSync(join(folder, step.path), here(step.text));
      else if (step.text.startsWith('npx selfsame serve ')) await startServer(step.text, folder, port);
      else if (/^python3 -m http.server |site\.mjs$/.test(step.text)) {
        inBackground(here(step.text).split(' '), folder);
        await useThePage(`http://127.0.0.1:${site}/shop.html`);
      } else if (step.text.startsWith('npx selfsame people show ')) {
        show = step.text;
        // An SDK sends updates of a profile apart from events: either may come first.
        await shown(events, shows);
      } else if (step.text.startsWith('PERSON='))
        await until(
          () => shell(step.text),
          ({ output }) => prints.every((part) => output.includes(part)),
          30_000,
        );
      else expect(await shell(step.text)).toMatchObject({ code: 0 });
    }
    await shown([...events, ...later]);
  });
});

/** Python's server has no icon for the page; Chromium calls an answer aborted whose empty body nobody reads. */
const harmless = /404 \(File not found\)|net::ERR_ABORTED/;

async function useThePage(address: string): Promise<void> {
  await isThere(address);
  const { page, context, troubles } = await newDevice(browser);
  endings.push(async () => {
    await page.getByRole('button', { name: 'Log out' }).click();
    await context.close();
    expect(troubles.filter((trouble) => !harmless.test(trouble))).toEqual([]);
  });
  await page.goto(address);
  await page.getByRole('button', { name: 'Log in' }).click();
}

it('every guide is followed', () => {
  // Two have tests of their own; imports are of files, and the importer's tests read those.
  const apart = ['from-mparticle.md', 'quick-start.md', 'files.md', 'import.md'];
  const written = readdirSync(join(root, 'docs/guides')).filter((file) => !apart.includes(file));
  expect(written.sort()).toEqual(guides.map(({ name }) => `${name}.md`).sort());
});

/** A folder that looks like a clone to its reader. */
function readersFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'selfsame-guide-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  endings.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** The guide's own command; `npx selfsame` is the clone's. Resolves when the server is ready. */
async function startServer(command: string, folder: string, port: number): Promise<void> {
  const [, , ...args] = command.split(' ');
  const env = { SELFSAME_PORT: String(port), SELFSAME_LOG: 'error' };
  inBackground([process.execPath, join(root, 'packages/cli/bin/selfsame.js'), ...args], folder, env);
  await isThere(`http://127.0.0.1:${port}/readyz`);
}

/** Runs a program until the test ends. */
function inBackground([program = '', ...args]: readonly string[], folder: string, env: object = {}): void {
  const child = spawn(program, args, { cwd: folder, env: { ...process.env, ...env }, stdio: 'ignore' });
  endings.push(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  });
}

/** Waits for an address to answer with success. */
const isThere = (address: string) =>
  until(
    () =>
      fetch(address).then(
        (answer) => answer.ok,
        () => false,
      ),
    (ok) => ok,
    60_000,
  );

/** A command as the reader types it; `npx selfsame` is the clone's. */
function runShell(
  command: string,
  folder: string,
  port: number,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn('bash', ['-c', command], {
    cwd: folder,
    env: { ...process.env, SELFSAME_URL: `http://127.0.0.1:${port}`, npm_config_yes: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (part) => (output += part));
  child.stderr.on('data', (part) => (output += part));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}
