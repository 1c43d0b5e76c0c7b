import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, newDevice } from '../e2e/src/browser.ts';
import { freePort } from '../e2e/src/free-port.ts';
import { until } from '../e2e/src/until.ts';
import { loadCertificate } from '../packages/server/src/http/tls.ts';
import { type RunningServer, startServer } from '../packages/server/src/index.ts';
import { root } from './run.ts';

/** The host in the files under deploy/. */
const HOST = 'id.example.com';
/** Requests that an address may send at once in these tests. */
const BURST = 150;
const project = {
  id: 'demo',
  name: 'Shop',
  publicKey: 'proxy-public',
  serverKey: 'proxy-server-key',
  signingSecret: 's',
};

interface Ports {
  readonly http: number;
  readonly https: number;
  readonly upstream: number;
}

/** A proxy with its file under deploy/, changed as a reader changes it: ports, certificate, paths. */
interface Proxy {
  readonly name: string;
  start(folder: string, ports: Ports): ChildProcess;
}

const shipped = (file: string) => readFileSync(join(root, 'deploy', file), 'utf8');

const nginx: Proxy = {
  name: 'nginx',
  start(folder, { http, https, upstream }) {
    const site = shipped('nginx.conf')
      .replaceAll(/^ *listen \[::\].*\n/gm, '')
      .replace('listen 80;', `listen 127.0.0.1:${http};`)
      .replace('listen 443 ', `listen 127.0.0.1:${https} `)
      .replace('127.0.0.1:4400', `127.0.0.1:${upstream}`)
      .replace(/ssl_certificate .*;/, `ssl_certificate ${folder}/development-cert.pem;`)
      .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${folder}/development-key.pem;`)
      .replace('/var/log/nginx/selfsame.log', `${folder}/access.log`);
    const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (one) => `${one}_temp_path ${folder}/${one};`,
    );
    writeFileSync(
      join(folder, 'nginx.conf'),
      `${process.getuid?.() === 0 ? 'user root;' : ''} daemon off; pid ${folder}/pid; error_log stderr; events {}
      http { ${places.join(' ')} access_log off;\n${site} }`,
    );
    return spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
  },
};

const caddy: Proxy = {
  name: 'caddy',
  start(folder, { http, https, upstream }) {
    const own = `tls ${folder}/development-cert.pem ${folder}/development-key.pem`;
    writeFileSync(
      join(folder, 'Caddyfile'),
      `{\nadmin off\ndefault_bind 127.0.0.1\nhttp_port ${http}\nhttps_port ${https}\n}\n${shipped('Caddyfile').replace(
        /^(\S.*) \{$/m,
        `$1 {\n${own}`,
      )}`,
    );
    return spawn('caddy', ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, SELFSAME_UPSTREAM: `127.0.0.1:${upstream}` },
    });
  },
};

describe.each([nginx, caddy])('deploy: Selfsame behind $name', (proxy) => {
  let folder: string;
  let server: RunningServer;
  let child: ChildProcess;
  let ports: Ports;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'selfsame-proxy-'));
    mkdirSync(join(folder, 'data'));
    await loadCertificate({ tls: true }, folder);
    const config = join(folder, 'settings.json');
    writeFileSync(
      config,
      JSON.stringify({
        projects: [project],
        trustedProxies: ['127.0.0.1'],
        rateLimits: { address: { perSecond: 0.01, burst: BURST } },
      }),
    );
    server = await startServer(
      { config, data: join(folder, 'data'), port: 0, host: '127.0.0.1' },
      { foreground: false, logTo: { write: () => {} } },
    );
    ports = { http: await freePort(), https: await freePort(), upstream: Number(new URL(server.url).port) };
    child = proxy.start(folder, ports);
    let errors = '';
    child.stderr?.on('data', (part) => (errors += part));
    child.on('error', (error) => (errors += error.message));
    await until(
      () => {
        if (child.exitCode !== null) throw new Error(`${proxy.name} ended: ${errors}`);
        return ask('/readyz').then(
          ({ status }) => status,
          () => 0,
        );
      },
      (status) => status === 200,
    );
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Asked {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array;
    /** The address of the visitor. */
    readonly from?: string;
  }

  /** A request over TLS to the proxy; resolves when the head of the answer is there. */
  const open = (path: string, { method = 'GET', headers = {}, body, from = '127.0.0.1' }: Asked = {}) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const { https: port } = ports;
      const where = {
        host: '127.0.0.1',
        port,
        localAddress: from,
        servername: HOST,
        rejectUnauthorized: false,
        agent: false,
      };
      request({ ...where, path, method, headers: { host: HOST, ...headers } }, resolve)
        .on('error', reject)
        .end(body);
    });
  async function ask(path: string, asked?: Asked) {
    const answer = await open(path, asked);
    let text = '';
    for await (const part of answer) text += part;
    return { status: answer.statusCode, headers: answer.headers, text };
  }
  const bearer = { authorization: `Bearer ${project.serverKey}`, 'content-type': 'application/json' };
  const send = (name: string, asked: Asked = {}) =>
    ask('/v1/batch', {
      method: 'POST',
      body: JSON.stringify({ items: [{ type: 'track', name, ids: { device: 'd' } }] }),
      ...asked,
      headers: { ...bearer, ...asked.headers },
    });

  it('sends plain HTTP to HTTPS, keeping method and path', async () => {
    const answer = await fetch(`http://127.0.0.1:${ports.http}/v1/batch?x=1`, {
      method: 'POST',
      headers: { host: HOST },
      redirect: 'manual',
    });
    expect(answer.status).toBe(308);
    expect(answer.headers.get('location')).toMatch(/^https:\/\/[\w.]+(:\d+)?\/v1\/batch\?x=1$/);
  });

  it('takes a batch as large as Selfsame does, and keeps /metrics to itself', async () => {
    expect(JSON.parse((await send('Seen')).text)).toMatchObject({ results: [{ status: 'applied' }] });
    const large = await ask('/v1/batch', {
      method: 'POST',
      headers: bearer,
      body: `{"items":[]${' '.repeat(9 * 2 ** 20)}}`,
    });
    expect(large.status).toBe(200);
    expect((await ask('/metrics')).status).toBe(404);
  });

  it('counts visitors by their own address, whatever they write into headers (S41)', async () => {
    const statuses = [];
    for (let i = 0; i < BURST + 1; i++)
      statuses.push(
        (await send('Flood', { from: '127.0.0.2', headers: { 'x-forwarded-for': `192.0.2.${i}` } })).status,
      );
    expect(statuses.slice(0, BURST)).toEqual(Array(BURST).fill(200));
    expect(statuses.at(-1)).toBe(429);
    expect((await send('Other', { from: '127.0.0.3' })).status).toBe(200);
  });

  it('gives the console a cookie for HTTPS only', async () => {
    const { token } = server.context.sessions;
    const signIn = (origin: string) =>
      ask('/v1/session', {
        method: 'POST',
        headers: { origin, 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
      });
    const { status, headers } = await signIn(`https://${HOST}`);
    expect(status).toBe(200);
    expect(headers['set-cookie']?.[0]).toMatch(/; HttpOnly.*; Secure|; Secure.*; HttpOnly/);
    expect((await signIn('https://evil.example')).status).toBe(403);
  });

  it('passes the live stream on item by item', async () => {
    const stream = await open('/v1/live', { headers: bearer });
    let seen = '';
    const has = (text: string) =>
      new Promise<void>((resolve) => {
        const look = () => seen.includes(text) && resolve();
        stream.on('data', look);
        look();
      });
    stream.setEncoding('utf8').on('data', (part) => (seen += part));
    await has(': selfsame');
    for (const name of ['First', 'Second']) {
      await send(name);
      // The stream stays open: what has come has come by itself.
      await has(`"name":"${name}"`);
    }
    expect(stream.readableEnded).toBe(false);
    stream.destroy();
  });

  it('serves a page with our SDK, whose visitor keeps one cookie over pages', async () => {
    const browser = await launchBrowser({ [HOST]: `127.0.0.1:${ports.https}` });
    try {
      const { page, context, troubles } = await newDevice(browser);
      // The pages are the test's; the script and what it sends go through the proxy.
      await page.route(/\/page\.html$/, (route) =>
        route.fulfill({
          contentType: 'text/html',
          body: `<script async src="https://${HOST}/sdk.js" data-key="${project.publicKey}" data-plugins="pageviews"></script>`,
        }),
      );
      const visitor = async () => {
        await page.goto(`https://${HOST}/page.html`);
        const cookie = await page.waitForFunction('/ss_[^=]+=([\\w-]{36})/.exec(document.cookie)?.[1]');
        return await cookie.jsonValue();
      };
      const device = await visitor();
      expect(await visitor()).toBe(device);
      // The site's other sub-domains share it.
      expect(await context.cookies()).toMatchObject([{ value: device, domain: '.example.com' }]);
      const found = await until(
        () => ask(`/v1/people?kind=device&value=${device}`, { headers: bearer }),
        ({ status }) => status === 200,
      );
      expect(JSON.parse(found.text)).toMatchObject({ known: false });
      expect(troubles.filter((one) => !/net::ERR_ABORTED$/.test(one))).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
