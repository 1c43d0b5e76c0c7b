import { createHmac } from 'node:crypto';
import {
  type DerivePersonId,
  keyOf,
  ownerAt,
  type PersonId,
  type Policy,
  personOf,
  presets,
  type Verdict,
} from '@selfsame/identity';
import { createIngest, createMemoryStore, type Decided } from '@selfsame/store';
import { mixpanel } from '../../src/mixpanel/index.ts';
import type { Access, Host, StoredEvent, WireReply, WireRequest } from '../../src/protocol.ts';

/** The server's clock when a test begins: 2026-11-24T23:00:00Z. */
export const NOW = Date.UTC(2026, 10, 24, 23);

const derive: DerivePersonId = (_project, founder, attempt) =>
  `p-${founder.kind}-${founder.value}-${attempt}` as PersonId;

export interface Project {
  readonly host: Host;
  /** Reads, decides, keeps and answers, as the server does. */
  send(request: WireRequest): Promise<{ readonly reply: WireReply; readonly verdicts: readonly Verdict[] }>;
  /** Events as they are read back, oldest first: copies replaced, hidden ones only if asked for. */
  events(hidden?: 'hidden'): Promise<readonly StoredEvent[]>;
  traits(kind: string, value: string): Readonly<Record<string, unknown>> | undefined;
  /** The identifiers of every person, each spelled `kind:value`. */
  people(): readonly (readonly string[])[];
  tick(ms: number): void;
}

export type Mode = 'mixpanel-simplified' | 'mixpanel-original' | 'selfsame';

/** One project, `shop`, with the keys `PUB` and `SRV`, on a memory store and the real rules. */
export function openProject(preset: Mode = 'mixpanel-simplified'): Project {
  const policy = presets[preset] as Policy;
  let now = NOW;
  const rules = () => ({ policy, derive });
  const store = createMemoryStore(rules);
  const ingest = createIngest({ store, clock: () => now, rules });
  const access = (trust: 0 | 2): Access => ({
    project: 'shop',
    name: 'Shop',
    publicKey: 'PUB',
    trust,
    policy,
    settings: {},
  });
  const never = () => {
    throw new Error('this wire asks for nothing of the kind');
  };
  const host: Host = {
    get now() {
      return now;
    },
    randomText: never,
    randomInteger: never,
    randomUuid: never,
    hmac: (_project, secret, input) => createHmac('sha256', secret).update(input).digest(),
    signingSecrets: () => ['signing'],
    sameBytes: never,
    isAddressIn: never,
    tally: never,
    ask: never,
    logged: never,
    script: never,
    publicKey: (wire, key) => (wire === 'mixpanel' && key === 'PUB' ? access(0) : undefined),
    holdsKey: never,
    serverKey: (wire, key) => (wire === 'mixpanel' && key === 'SRV' ? access(2) : undefined),
  };
  const ownerOf = (anchor: StoredEvent['anchor'], time: number) =>
    anchor === null ? undefined : ownerAt(store.graph('shop'), policy, keyOf(anchor), time);

  return {
    host,
    async send(request) {
      const reading = mixpanel.read(request, host);
      if (reading.type === 'answer') return { reply: reading.reply, verdicts: [] };
      const verdicts = await ingest.submit('mixpanel', reading.items);
      return { reply: await reading.reply(verdicts), verdicts };
    },
    async events(hidden) {
      const log: Decided[] = [];
      for await (const one of store.readAll()) log.push(one);
      const replaced = new Set(log.map(({ entry }) => entry.repeats));
      return log.flatMap(({ entry, verdict }): StoredEvent[] => {
        const { command } = entry;
        const kept = command.type === 'Track' ? command : command.type === 'Join' ? command.event : undefined;
        if (kept === undefined || replaced.has(entry.position)) return [];
        if (hidden === undefined && (command.type === 'Join' || 'hidden' in kept)) return [];
        const anchor = verdict.anchor ?? null;
        const event: StoredEvent = {
          name: kept.name,
          time: entry.time,
          insertId: entry.insertId ?? null,
          anchor,
          owner: ownerOf(anchor, entry.time)?.id ?? null,
          wire: entry.wire,
          properties: kept.properties,
          refusals: verdict.notes.flatMap(({ code, text }) => (code === undefined ? [] : [{ code, text: text ?? '' }])),
        };
        return [{ ...event, properties: mixpanel.present?.(event) ?? event.properties }];
      });
    },
    traits(kind, value) {
      const owner = ownerOf({ kind, value }, now);
      return owner && Object.fromEntries(personOf(store.graph('shop'), policy, owner).traits);
    },
    people() {
      const graph = store.graph('shop') as ReturnType<typeof store.graph> & {
        nodes: Map<string, { id: { kind: string; value: string } }>;
      };
      const found = new Map<string, string[]>();
      for (const [key, { id }] of graph.nodes) {
        const owner = ownerOf(id, now)?.key ?? key;
        found.set(owner, [...(found.get(owner) ?? []), key]);
      }
      return [...found.values()].map((keys) => keys.sort()).sort();
    },
    tick(ms) {
      now += ms;
    },
  };
}

/** A request as the server hands it over. `target` is path and query, after the wire's prefix. */
export function request(
  method: string,
  target: string,
  body: string | Uint8Array = '',
  headers: Readonly<Record<string, string>> = {},
): WireRequest {
  const mark = target.indexOf('?');
  const search = mark < 0 ? '' : target.slice(mark);
  const query = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(search)) query.set(name, [...(query.get(name) ?? []), value]);
  return {
    method,
    path: mark < 0 ? target : target.slice(0, mark),
    query,
    search,
    headers,
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    origin: 'http://127.0.0.1',
    ip: '127.0.0.1',
  };
}

export const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

/** As the browser posts a batch. */
export const post = (path: string, records: unknown, query = ''): WireRequest =>
  request('POST', `${path}${query}`, `data=${encodeURIComponent(base64(records))}`, {
    'content-type': 'application/x-www-form-urlencoded',
    origin: 'https://shop.example',
  });

/** An event of the project's own token. */
export const event = (name: string, properties: object = {}): object => ({
  event: name,
  properties: { token: 'PUB', ...properties },
});

export const text = (reply: WireReply): string =>
  typeof reply.body === 'string' ? reply.body : Buffer.from(reply.body).toString('latin1');
