import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { rolldown } from 'rolldown';

/** A web site on an origin of its own whose pages are empty; a test adds the scripts it wants. */
export interface Pages {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves one page, empty unless `html` says otherwise, at every path but those of `scripts`. */
export async function startPages(
  scripts: Readonly<Record<string, string | Uint8Array>>,
  html = '<!doctype html><title>Shop</title>',
): Promise<Pages> {
  const server = createServer((request, response) => {
    const script = scripts[request.url ?? ''];
    if (script !== undefined) return response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    if (request.url === '/favicon.ico') return response.writeHead(204).end();
    response.writeHead(200, { 'content-type': 'text/html' }).end(html);
  });
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  );
  return {
    url: `http://localhost:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const { resolve } = createRequire(import.meta.url);

/** `@attraqt/xo-js` as a page's bundler makes it, under the global `xo`. The package has no browser build of its own. */
export async function xoScript(): Promise<string> {
  const bundle = await rolldown({ input: resolve('@attraqt/xo-js'), platform: 'browser' });
  const { output } = await bundle.generate({ format: 'iife', name: 'xo' });
  await bundle.close();
  return output[0].code;
}

/** analytics.js as published, under the global `AnalyticsNext`. */
export const analyticsScript = (): Uint8Array =>
  readFileSync(resolve('@segment/analytics-next').replace(/dist\/cjs\/index\.js$/, 'dist/umd/index.js'));

/** Mixpanel's browser SDK as published, under the global `mixpanel`. */
export const mixpanelScript = (): Uint8Array => readFileSync(resolve('mixpanel-browser/dist/mixpanel.umd.js'));

/** mParticle's web SDK as published, under the global `mParticle`. */
export const mparticleScript = (): Uint8Array =>
  readFileSync(resolve('@mparticle/web-sdk').replace(/mparticle\.common\.js$/, 'mparticle.js'));

/** Each vendor's script as published, by the path of a page that carries it. */
export const vendorScripts = async (): Promise<Readonly<Record<string, string | Uint8Array>>> => ({
  '/mixpanel.js': mixpanelScript(),
  '/mparticle.js': mparticleScript(),
  '/segment.js': analyticsScript(),
  '/xo.js': await xoScript(),
});
