import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess } from './ending.ts';
import { freePort } from './free-port.ts';
import type { LaunchOptions, OtherBrowser, Tab } from './tab.ts';

interface Answer {
  readonly value: unknown;
}

/** Debian's WebKit (WebKitGTK's MiniBrowser) on a screen that nobody sees, driven by WebDriver. @throws Error when it is not installed. */
export async function launchWebkit({ cookies }: LaunchOptions = {}): Promise<OtherBrowser> {
  const screen = await startScreen();
  const { driver, port } = await startDriver(screen.display);
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    const { value } = (await answer.json()) as Answer;
    if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`);
    return value;
  };
  const policy = cookies === 'none' ? ['--cookies-policy=never'] : [];
  const browser = { binary: miniBrowser(), args: ['--automation', ...policy] };
  const { sessionId } = (await call('POST', '/session', {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': browser } },
  })) as { readonly sessionId: string };
  const session = `/session/${sessionId}`;
  // It stays open: a new tab can only be asked for in one that is there.
  const first = await call('GET', `${session}/window`);

  // Every command goes to the window that is in front, so they take turns.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work);
    turn = mine;
    return mine;
  };

  return {
    newTab: () =>
      inTurn(async () => {
        await call('POST', `${session}/window`, { handle: first });
        const { handle } = (await call('POST', `${session}/window/new`, { type: 'tab' })) as {
          readonly handle: string;
        };
        return tabOf((method, path, body) =>
          inTurn(async () => {
            await call('POST', `${session}/window`, { handle });
            return await call(method, `${session}${path}`, body);
          }),
        );
      }),
    async close() {
      await call('DELETE', session).catch(() => {});
      for (const child of [driver, screen.child]) await endProcess(child);
    },
  };
}

function tabOf(call: (method: string, path: string, body?: object) => Promise<unknown>): Tab {
  return {
    async goto(url) {
      await call('POST', '/url', { url });
    },
    async evaluate<T>(expression: string) {
      const script = `const done = arguments[arguments.length - 1];
        (async () => JSON.stringify(await (${expression})))().then((json) => done({ json }), (error) => done({ error: String(error) }));`;
      const { json, error } = ((await call('POST', '/execute/async', { script, args: [] })) ?? {}) as {
        readonly json?: string;
        readonly error?: string;
      };
      if (error !== undefined) throw new Error(error);
      return (json === undefined ? undefined : JSON.parse(json)) as T;
    },
    async back() {
      await call('POST', '/back', {});
    },
    // The driver cannot cut the line. The page is told what a browser tells it; whoever asks shuts the way as well.
    async setOnline(isOnline) {
      const script = `Object.defineProperty(navigator, 'onLine', { value: ${isOnline}, configurable: true });
        dispatchEvent(new Event('${isOnline ? 'online' : 'offline'}'));`;
      await call('POST', '/execute/sync', { script, args: [] });
    },
    async close() {
      await call('DELETE', '/window');
    },
  };
}

/** A screen of its own: the server chooses the number and writes it. */
async function startScreen() {
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const display = await new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => reject(new Error('Xvfb ended while starting')));
    child.stdio[3]?.on('data', (part) => resolve(`:${String(part).trim()}`));
  });
  return { child, display };
}

/** Where Debian keeps it: below the machine's own folder of libraries. @throws Error when it is not there. */
function miniBrowser(): string {
  for (const folder of readdirSync('/usr/lib'))
    for (const version of ['4.1', '4.0', '6.0']) {
      const file = `/usr/lib/${folder}/webkit2gtk-${version}/MiniBrowser`;
      if (existsSync(file)) return file;
    }
  throw new Error('WebKitGTK has no MiniBrowser here: apt-get install webkit2gtk-driver');
}

/** It cannot choose a port by itself, and somebody may take a free one first: then it ends, and another is tried. */
async function startDriver(display: string, tries = 5): Promise<{ driver: ChildProcess; port: number }> {
  const port = await freePort();
  const driver = spawn('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], {
    stdio: 'ignore',
    env: {
      ...process.env,
      DISPLAY: display,
      LIBGL_ALWAYS_SOFTWARE: '1',
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
    },
  });
  let ended = false;
  const end = new Promise<void>((resolve, reject) => {
    driver.once('error', reject);
    driver.once('exit', () => resolve());
  }).finally(() => {
    ended = true;
  });
  await Promise.race([untilUp(port, () => ended), end]);
  if (!ended) return { driver, port };
  if (tries === 1) throw new Error('WebKitWebDriver ended while starting');
  return await startDriver(display, tries - 1);
}

async function untilUp(port: number, gaveUp: () => boolean): Promise<void> {
  while (!gaveUp()) {
    const isUp = await fetch(`http://127.0.0.1:${port}/status`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isUp) return;
    await sleep(50);
  }
}
