import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { endProcess } from './ending.ts';
import type { LaunchOptions, OtherBrowser } from './tab.ts';

interface Message {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: string;
  readonly message?: string;
}

/**
 * Debian's Firefox without a window, with a profile of its own, driven by WebDriver BiDi itself: Playwright drives a
 * build of its own only. @throws Error when it is not installed.
 */
export async function launchFirefox({ cookies }: LaunchOptions = {}): Promise<OtherBrowser> {
  const profile = mkdtempSync(join(tmpdir(), 'selfsame-firefox-'));
  const settings = cookies === 'none' ? ['user_pref("network.cookie.cookieBehavior", 2);'] : [];
  writeFileSync(join(profile, 'user.js'), settings.join('\n'));
  const args = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'];
  const child = spawn(process.env['SELFSAME_FIREFOX'] ?? 'firefox-esr', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const address = await new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    createInterface({ input: child.stderr })
      .on('line', (line) => {
        const found = /WebDriver BiDi listening on (ws:\S+)/.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      })
      .on('close', () => reject(new Error('Firefox ended while starting')));
  });
  const socket = new WebSocket(`${address}/session`);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error('Firefox takes no connection'));
  });
  const waiting = new Map<number, (message: Message) => void>();
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.id !== undefined) waiting.get(message.id)?.(message);
  };
  let last = 0;
  const call = (method: string, params: object): Promise<Record<string, unknown>> =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, ({ result, error, message }) => {
        waiting.delete(id);
        if (result === undefined) reject(new Error(`${method}: ${error}: ${message}`));
        else resolve(result);
      });
      socket.send(JSON.stringify({ id, method, params }));
    });
  await call('session.new', { capabilities: {} });

  return {
    async newTab() {
      const { context } = await call('browsingContext.create', { type: 'tab' });
      return {
        async goto(url) {
          await call('browsingContext.navigate', { context, url, wait: 'complete' });
        },
        async evaluate<T>(expression: string) {
          const answer = await call('script.evaluate', {
            expression: `(async () => JSON.stringify(await (${expression})))()`,
            target: { context },
            awaitPromise: true,
          });
          const { type, result, exceptionDetails } = answer as {
            readonly type: string;
            readonly result?: { readonly value?: string };
            readonly exceptionDetails?: { readonly text: string };
          };
          if (type === 'exception') throw new Error(exceptionDetails?.text);
          return (result?.value === undefined ? undefined : JSON.parse(result.value)) as T;
        },
        async back() {
          await call('browsingContext.traverseHistory', { context, delta: -1 });
        },
        async setOnline(isOnline) {
          const networkConditions = isOnline ? null : { type: 'offline' };
          await call('emulation.setNetworkConditions', { networkConditions, contexts: [context] });
        },
        async close() {
          await call('browsingContext.close', { context });
        },
      };
    },
    async close() {
      await endProcess(child);
      socket.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
