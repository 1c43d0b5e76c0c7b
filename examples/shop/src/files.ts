import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file to serve, `url` relative to where the shop is mounted. */
export interface ShopFile {
  readonly url: string;
  /** Absolute path. */
  readonly file: string;
  /** The content type to send. */
  readonly type: string;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const shopFolder = fileURLToPath(new URL('../public', import.meta.url));
const { resolve } = createRequire(import.meta.url);
const mixpanel = dirname(resolve('mixpanel-browser'));
const mparticle = dirname(resolve('@mparticle/web-sdk'));
const segment = resolve('@segment/analytics-next').replace(/dist\/cjs\/index\.js$/, 'dist/umd/index.js');

/**
 * Every file of the shop: its own pages, and the vendors' libraries as they published them.
 * The page of `url: ''` is the front page. The server adds `config.json`, see {@link ShopConfig}.
 */
export function shopFiles(): readonly ShopFile[] {
  const own = readdirSync(shopFolder)
    .filter((name) => extname(name) in types)
    .map((name): ShopFile => ({ url: name, file: join(shopFolder, name), type: types[extname(name)] as string }));
  const front = own.filter((one) => one.url === 'index.html').map((one) => ({ ...one, url: '' }));
  const script = types['.js'] as string;
  return [
    ...front,
    ...own,
    { url: 'mixpanel-snippet.js', file: join(mixpanel, 'mixpanel-jslib-snippet.min.js'), type: script },
    { url: 'mixpanel.js', file: join(mixpanel, 'mixpanel.min.js'), type: script },
    { url: 'mparticle.js', file: join(mparticle, 'mparticle.js'), type: script },
    { url: 'segment.js', file: segment, type: script },
  ];
}

/** Scripts that a bundler makes: what is beside its `url`, and the module it is made of. */
export const shopBundles: readonly { readonly url: string; readonly entry: string }[] = ['xo.js', 'spid.js'].map(
  (url) => ({ url, entry: fileURLToPath(new URL(`../bundled/${url}`, import.meta.url)) }),
);

/** What the server answers at `config.json` beside the shop's files. Without it the shop works and sends nothing. */
export interface ShopConfig {
  /** The project's public key, Mixpanel's "token". */
  readonly token: string;
  /** Where Mixpanel's library sends to, for example `http://127.0.0.1:4400/mixpanel`. */
  readonly apiHost: string;
  readonly projectId: string;
  /** XO's key; null where the project has none. */
  readonly trackerKey: string | null;
}
