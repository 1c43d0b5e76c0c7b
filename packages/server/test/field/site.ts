import { gzipSync } from 'node:zlib';
import { running, shop } from '../running.ts';

export const XO = '30cbb5fc-375f-4cf2-8efd-ed86d909718e';
const MINUTE = 60_000;

/** A running server with one empty project, and the calls that senders of every kind make to it. */
export async function site(policy: object = {}, settings: object = {}) {
  const project = { ...shop, policy, keys: { xo: XO, spid: 'shop-spid' }, ...settings };
  const { url } = await running({ projects: [project] });
  const basic = (key: string) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
  const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
    fetch(`${url}/${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : new Uint8Array(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  const text = (body: unknown) =>
    typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const admin = { headers: { authorization: `Bearer ${shop.serverKey}` } };
  // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of the answer
  const read = async (path: string) => (await fetch(`${url}${path}`, admin)).json() as Promise<any>;
  const person = (kind: string, value: string) => read(`/v1/people?kind=${kind}&value=${encodeURIComponent(value)}`);
  return {
    url,
    post,
    read,
    person,
    native: async (body: unknown, key = shop.serverKey) =>
      post('v1/batch', text(body) as string, { authorization: `Bearer ${key}` }),
    segment: async (call: string, body: unknown, key = shop.publicKey) =>
      post(`segment/v1/${call}`, text(body) as string, { authorization: basic(key) }),
    mixpanel: async (route: string, body: unknown) => post(`mixpanel/${route}`, text(body) as string),
    import: async (body: unknown, strict = 1) =>
      post(`mixpanel/import?strict=${strict}`, text(body) as string, { authorization: basic(shop.serverKey) }),
    mparticle: async (body: unknown) =>
      post(`mparticle/webevents/v3/JS/${shop.publicKey}/events`, text(body) as string),
    bulk: async (body: unknown) =>
      post('mparticle/v2/bulkevents', text(body) as string, {
        authorization: `Basic ${Buffer.from(`${shop.publicKey}:${shop.serverKey}`).toString('base64')}`,
      }),
    xo: async (body: unknown) => post(`xo/${XO}`, text(body) as string),
    gzipped: (path: string, body: string, headers: Record<string, string> = {}) =>
      post(path, gzipSync(body), { 'content-encoding': 'gzip', ...headers }),
    /** The names of a person's events, sorted. */
    async names(kind: string, value: string): Promise<readonly string[]> {
      const { id } = await person(kind, value);
      if (id === undefined) return [];
      const { events } = await read(`/v1/people/${id}/events?limit=100`);
      return events.map(({ name }: { name: string }) => name).sort();
    },
    /** The one event of an insert id, or undefined. */
    event: async (insertId: string) => (await read(`/v1/events?insertId=${insertId}`)).events[0],
    stats: () => read('/v1/stats'),
  };
}

/** A time of so many minutes ago, ISO 8601. */
export const ago = (minutes: number): string => new Date(Date.now() - minutes * MINUTE).toISOString();
