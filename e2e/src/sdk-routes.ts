import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An address that a published client calls, as its source spells it. */
export interface Asked {
  readonly method: 'GET' | 'POST';
  /** On our server. */
  readonly path: string;
}

/** The sources of a published package, or of a part of it. */
export const sourcesOf = (folder: string, pattern = '**/*.{js,cjs}'): string =>
  globSync(pattern, { cwd: folder })
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');

/** Everything between quotes that looks like the path of an address: `/track`, `/v1/batch`, `engage/`. */
export const pathsIn = (source: string): ReadonlySet<string> =>
  new Set([
    ...[...source.matchAll(/["'`](\/[A-Za-z][\w/-]*)["'`?]/g)].map(([, path]) => path as string),
    ...[...source.matchAll(/["']([a-z_-]+\/)["']/g)].map(([, path]) => `/${path}`),
  ]);

/** Literals that look like addresses and are none of our server's. */
const aside: ReadonlySet<string> = new Set([
  // Of the CDN of analytics.js, which loads from it only what our settings name: nothing.
  ...['/integrations/', '/next-integrations', '/middleware/', '/latest/', '/analytics-next/bundles/'],
  // The end of /v1/projects/{key}/settings, and of an example in a comment.
  ...['/settings', '/bar'],
]);

/** Ends of addresses that begin elsewhere. */
const whole: Readonly<Record<string, string>> = {
  '/first-time-events': '/flags/1/first-time-events',
  '/m': '/v1/m',
  '/b': '/v1/b',
};

/** Every address that is in a client's sources, on our server. */
export function askedBy(source: string, prefix: string, key: string): readonly Asked[] {
  // Pictures of notifications, of which our answer to /decide/ has none.
  const paths = [...pathsIn(source)].filter((path) => !aside.has(path) && !path.startsWith('/site_media/'));
  return paths.map((path) => ({
    method: /projects|flags(?!\/1)|settings|decide/.test(whole[path] ?? path) ? 'GET' : 'POST',
    path: `${prefix}${path.endsWith('/projects/') ? `${path}${key}/settings` : (whole[path] ?? path)}`,
  }));
}

/** What the web SDK of mParticle puts behind each of its addresses. */
const behind: Readonly<Record<string, readonly string[]>> = {
  v1SecureServiceUrl: ['KEY/Events', 'KEY/Forwarding'],
  v2SecureServiceUrl: ['KEY/Events', 'KEY/Forwarding'],
  v3SecureServiceUrl: ['KEY/events'],
  aliasUrl: ['KEY/Alias'],
  identityUrl: ['identify', 'login', 'logout', 'search', '5/modify'],
  configUrl: ['KEY/config'],
  userAudienceUrl: ['KEY/audience'],
};

/**
 * The addresses of mParticle's web SDK: those of its constants, with what it puts behind each.
 * @throws where a constant or an ending is one that nobody looked at
 */
export function mparticleWebRoutes(source: string, key: string): readonly Asked[] {
  const endings = new Set(Object.values(behind).flatMap((all) => all.map((one) => one.split('/').at(-1))));
  for (const path of pathsIn(source))
    if (/^\/[A-Za-z]+$/.test(path) && !endings.has(path.slice(1))) throw new Error(`what is ${path}?`);
  return [...source.matchAll(/(\w+Url): ?["']([^"']+)["']/g)].flatMap(([, name = '', address = '']) => {
    const known = behind[name];
    if (known === undefined) throw new Error(`what is ${name}?`);
    const isAsked = name === 'configUrl' || name === 'userAudienceUrl';
    return known.map((one): Asked => {
      const path = address.replace(/^[\w.]+(?=\/)/, '') + one.replace('KEY', key);
      return { method: isAsked ? 'GET' : 'POST', path: `/mparticle${path}` };
    });
  });
}

/** Which of these addresses the server has nothing at. */
export async function unanswered(url: string, asked: readonly Asked[]): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const { method, path } of asked) {
    const { status } = await fetch(url + path, method === 'POST' ? { method, body: '{}' } : { method });
    if (status === 404 || status === 405 || status >= 500) missing.push(`${method} ${path}: ${status}`);
  }
  return missing;
}
