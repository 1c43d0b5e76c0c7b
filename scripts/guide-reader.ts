import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { newDevice } from '../e2e/src/browser.ts';
import { until } from '../e2e/src/until.ts';
import type { EventView, PersonView } from '../packages/server/src/api.ts';
import { startServer } from '../packages/server/src/index.ts';
import { root } from './run.ts';

/** A fenced block of a guide: its language, and what its first line says of it (`// Title: …` up to the colon or stop). */
export interface Block {
  readonly language: string;
  readonly title: string;
  readonly text: string;
}

/** A guide as it is written. */
export const guideText = (name: string) => readFileSync(join(root, 'docs/guides', `${name}.md`), 'utf8');

/** The files a guide has its reader save, by name. */
const filesOf = (name: string): ReadonlyMap<string, string> =>
  new Map(
    [...guideText(name).matchAll(/Save as `([\w.]+)`(?:(?!```).)*```\w+\n(.*?)^```$/gms)].map(
      ([, file = '', text = '']) => [file, text] as const,
    ),
  );

/** Its blocks that are not files to save but begin with a comment. */
export function blocksOf(name: string): readonly Block[] {
  const saved = new Set(filesOf(name).values());
  return [...guideText(name).matchAll(/```(\w+)\n(.*?)^```$/gms)].flatMap(([, language = '', text = '']) => {
    const title = /^(?:<\?php )?(?:\/\/|#) (.+?)(?:[:;,].*|\. .*|\.)?$/m.exec(text.split('\n', 1)[0] ?? '')?.[1];
    return title === undefined || saved.has(text) ? [] : [{ language, title, text }];
  });
}

/** A reader at work: the guide's server and its site, on ports of their own. */
export async function reader(
  browser: Parameters<typeof newDevice>[0],
  name: string,
  { settings = 'shop.json', tls = false, more = (text: string) => text } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'selfsame-blocks-'));
  const posted: string[] = [];
  const site = createServer(async (asked, answer) => {
    const path = new URL(asked.url ?? '/', 'http://x').pathname;
    if (asked.method === 'POST') {
      posted.push(Buffer.concat(await asked.toArray()).toString());
      return answer.writeHead(202).end();
    }
    const saved = filesOf(name).get(path.slice(1));
    answer.setHeader('content-type', path.endsWith('.js') ? 'text/javascript' : 'text/html');
    if (saved !== undefined) return answer.end(here(saved));
    if (path.startsWith('/node_modules/')) return answer.end(readFileSync(join(root, path)));
    answer.end('<!doctype html><link rel="icon" href="data:,">');
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const pages = (site.address() as AddressInfo).port;
  const config = join(folder, settings);
  writeFileSync(config, more(filesOf(name).get(settings) ?? '').replaceAll(/\b8000\b/g, String(pages)));
  const server = await startServer(
    { config, data: join(folder, 'data'), port: 0, host: '127.0.0.1', tls },
    { foreground: false, logTo: { write: () => {} } },
  );
  const { port } = new URL(server.url);
  const here = (text: string) => text.replaceAll(':4400', `:${port}`).replaceAll(/\b8000\b/g, String(pages));
  const device = await newDevice(browser);
  const { page } = device;
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  onTestFinished(async () => {
    await device.context.close();
    site.closeAllConnections();
    await new Promise((resolve) => site.close(resolve));
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const key = (JSON.parse(readFileSync(config, 'utf8')) as { projects: { serverKey: string }[] }).projects[0]
    ?.serverKey;
  const ask = async <T>(path: string) => {
    const answer = await call(`${server.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
    return (answer.status === 200 ? JSON.parse(answer.text) : undefined) as T | undefined;
  };
  const person = (identifier: string) => {
    const [kind = '', ...value] = identifier.split(':');
    return ask<PersonView>(`/v1/people?kind=${kind}&value=${encodeURIComponent(value.join(':'))}`);
  };
  const events = async (identifier: string): Promise<readonly EventView[]> => {
    const found = await person(identifier);
    if (found === undefined) return [];
    return (await ask<{ events: EventView[] }>(`/v1/people/${found.id}/events?limit=100`))?.events ?? [];
  };
  const blocks = new Map(blocksOf(name).map((one) => [one.title, one]));
  const text = (title: string) => here(blocks.get(title)?.text ?? `throw new Error('no block ${title}')`);
  return {
    url: server.url,
    page,
    said,
    posted,
    folder,
    here,
    text,
    person,
    /** Waits until somebody has an event of which this is part, as JSON. */
    has: (identifier: string, part: string) =>
      until(
        () => events(identifier),
        (all) => all.some((event) => JSON.stringify(event).includes(part)),
      ),
    /** Waits until the page has said a line that begins so; answers its rest. */
    heard: async (line: string) =>
      (
        await until(
          async () => said.find((one) => one.startsWith(line)),
          (one) => one !== undefined,
        )
      )?.slice(line.length) ?? '',
    open: (path = '/shop.html') => page.goto(`http://127.0.0.1:${pages}${path}`),
    run: (title: string) => page.evaluate(`(async () => {${text(title)}})()`),
  };
}

/** As `fetch`, for a server that has made its own certificate too. */
export function call(
  url: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ readonly status: number; readonly text: string }> {
  if (url.startsWith('http:'))
    return fetch(url, { method, headers, ...(body === undefined ? {} : { body }) }).then(async (answer) => ({
      status: answer.status,
      text: await answer.text(),
    }));
  return new Promise((resolve, reject) => {
    request(url, { method, headers, rejectUnauthorized: false }, async (answer) => {
      let text = '';
      for await (const part of answer) text += part;
      resolve({ status: answer.statusCode ?? 0, text });
    })
      .on('error', reject)
      .end(body);
  });
}
