import { createHmac } from 'node:crypto';
import {
  type Command,
  type Identifier,
  type Json,
  type JsonObject,
  type Policy,
  presets,
  type Track,
} from '@selfsame/identity';
import { native } from '../../src/native/index.ts';
import type { Host, Protocol, WireReply } from '../../src/protocol.ts';
import { spid } from '../../src/spid/index.ts';
import { asPlatform } from '../../src/spid/platform.ts';
import { createWorld, request, SERVER_KEY, type World, WRITE_KEY } from '../world.ts';

export const CLIENT = '4f1e2ae59caf7c2f4a058b76';
export const SECRET = 'test';

/** A login platform: the SPiD wire and the native wire over one graph. */
export interface Platform {
  readonly world: World;
  readonly host: Host;
  /** A script tag of a browser. `t` and other members go into the query. */
  script(path: string, query?: Readonly<Record<string, string>>, cookie?: string): Promise<Script>;
  /** The same, its path and query as they are. */
  ask(pathAndQuery: string, cookie?: string): Promise<Script>;
  /** Items of the native wire; returns their statuses. */
  batch(items: readonly object[], key?: string): Promise<readonly string[]>;
  send(method: string, path: string, body?: string, headers?: Readonly<Record<string, string>>): Promise<WireReply>;
  /** Names of the events of a user, in order, with the wire they came by. */
  events(user: string): readonly string[];
  /** The newest event, its properties in their order. */
  lastEvent():
    | { readonly name: string; readonly ids: readonly Identifier[]; readonly properties: readonly [string, Json][] }
    | undefined;
}

/** What a browser made of an answer script. */
export interface Script {
  readonly reply: WireReply;
  readonly cookie: string;
  /** What a 1.x page's callback got. */
  readonly answer: Answer | undefined;
  /** What 2.x got at `SPiD.Talk.response`. */
  readonly talked: readonly unknown[];
  /** Times 1.x was told that the answer has come. */
  readonly received: number;
}

export interface Answer {
  readonly result?: boolean;
  readonly visitor?: { readonly uid: string; readonly user_id?: string };
  readonly userId?: unknown;
  readonly expiresIn?: number;
  readonly sig?: string;
  readonly error?: { readonly code: number; readonly type: string; readonly description: string };
  readonly response?: { readonly result: boolean; readonly visitor: Answer['visitor']; readonly expiresIn: number };
  readonly [more: string]: unknown;
}

export interface Circumstances {
  readonly settings?: JsonObject;
  readonly policy?: Partial<Policy>;
  readonly secret?: string;
}

export function createPlatform({ settings = {}, policy = {}, secret = SECRET }: Circumstances = {}): Platform {
  let visitors = 0;
  const lend = (host: Host): Host =>
    Object.create(host, {
      publicKey: {
        value: (wire: string, key: string) => {
          const access = host.publicKey(wire, wire === 'spid' && key === CLIENT ? WRITE_KEY : key);
          return access && (wire !== 'spid' || key === CLIENT)
            ? { ...access, settings, beside: [asPlatform] }
            : undefined;
        },
      },
      serverKey: {
        value: (wire: string, key: string) => {
          const access = host.serverKey(wire, key);
          return access && { ...access, beside: [asPlatform] };
        },
      },
      hmac: {
        value: (_project: string, which: string, input: string | Uint8Array) =>
          createHmac('sha256', which === 'signing' ? secret : SERVER_KEY)
            .update(input)
            .digest(),
      },
      randomText: { value: () => `visitor${String(++visitors).padStart(13, '0')}` },
    }) as Host;
  const both: Protocol = {
    ...spid,
    read: (one, host) => (one.path === '/batch' ? native : spid).read(one, lend(host)),
  };
  const world = createWorld(both, { ...(presets['spid'] as Policy), ...policy });
  const send: Platform['send'] = (method, path, body = '', headers = {}) =>
    world.send(request(method, path, body, headers));
  const ask: Platform['ask'] = async (pathAndQuery, cookie) => {
    const reply = await send('GET', pathAndQuery, '', cookie === undefined ? {} : { cookie });
    const callback = new URLSearchParams(pathAndQuery.split('?')[1]).get('callback') ?? '';
    return { ...run(String(reply.body), callback), reply, cookie: cookieOf(reply) };
  };
  return {
    world,
    host: lend(world.host),
    send,
    ask,
    async script(path, query = {}, cookie) {
      const search = new URLSearchParams({
        callback: 'f1',
        client_id: CLIENT,
        redirect_uri: 'http://a.test/',
        ...query,
      });
      return await ask(`${path}?${search}`, cookie);
    },
    async batch(items, key = SERVER_KEY) {
      const reply = await send('POST', '/batch', JSON.stringify({ items }), { authorization: `Bearer ${key}` });
      if (reply.status !== 200) throw new Error(String(reply.body));
      return (JSON.parse(String(reply.body)) as { results: { status: string }[] }).results.map((one) => one.status);
    },
    events: (user) =>
      world.entries.flatMap(({ entry, verdict }) =>
        isShown(entry.command) &&
        verdict.status === 'applied' &&
        world.person('user', user) !== undefined &&
        verdict.person === world.person('user', user)?.id
          ? [`${entry.wire} ${entry.command.name}`]
          : [],
      ),
    lastEvent() {
      const last = world.entries.findLast(({ entry }) => isShown(entry.command))?.entry.command;
      if (last === undefined || !isShown(last)) return undefined;
      return { name: last.name, ids: last.ids, properties: Object.entries(last.properties) };
    },
  };
}

/** An event that a timeline shows. */
const isShown = (command: Command): command is Track => command.type === 'Track' && command.hidden !== true;

/** Runs an answer as a page with both generations of the SDK would. */
function run(body: string, callback: string): Pick<Script, 'answer' | 'talked' | 'received'> {
  const talked: unknown[] = [];
  let answer: Answer | undefined;
  let received = 0;
  const window: { triggerResponse?: () => void } & Record<string, unknown> = {
    VGS: {
      callbacks: { [callback]: (value: Answer) => void (answer = value) },
      Ajax: { responseReceived: () => void received++ },
    },
    SPiD: { Talk: { response: (_id: string, value: unknown) => void talked.push(value) } },
  };
  new Function('window', body)(window);
  window.triggerResponse?.();
  return { answer, talked, received };
}

const cookieOf = (reply: WireReply): string => String(reply.headers['set-cookie'] ?? '').split(';')[0] ?? '';

/** `<signature>.<payload>` in the payload-text form, as a client's backend makes it. */
export function signed(payload: object | string, secret = SECRET): string {
  const text = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)).toString('base64url');
  return `${createHmac('sha256', secret).update(text).digest('base64url')}.${text}`;
}

/** The world's clock, s. */
export const secondsOf = (platform: Platform): number => platform.world.host.now / 1000;
