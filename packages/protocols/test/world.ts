import { createHash, createHmac, randomUUID } from 'node:crypto';
import {
  digestText,
  type Entry,
  entryOf,
  type Identifier,
  type JsonObject,
  keyOf,
  MemoryGraph,
  ownerAt,
  type Person,
  type PersonId,
  type Policy,
  personOf,
  rejected,
  type Statement,
  step,
  type Verdict,
} from '@selfsame/identity';
import type { Access, Host, Item, Protocol, Reading, WireReply, WireRequest } from '../src/protocol.ts';

/** A tracker key of XO, and the key of the other wires' captures. */
export const PUBLIC_KEY = '30cbb5fc-375f-4cf2-8efd-ed86d909718e';
export const WRITE_KEY = 'e2e-public-key';
export const SERVER_KEY = 'server-key';

/** A wire with the real rules behind it: what it reads is folded at once, and its replies see the verdicts. */
export interface World {
  readonly host: Host;
  read(request: WireRequest): Reading | Promise<Reading>;
  send(request: WireRequest): Promise<WireReply>;
  /** Requests that are all read before the first of them is decided. */
  sendAtOnce(requests: readonly WireRequest[]): Promise<readonly WireReply[]>;
  /** Everything that was stated so far, in order of arrival. */
  readonly entries: readonly { readonly entry: Entry; readonly verdict: Verdict }[];
  /** How many items of each status, refused ones as `rejected` (G5). */
  readonly counts: ReadonlyMap<string, number>;
  /** Why items were refused by the wire, in order. */
  refusals(): readonly string[];
  person(kind: string, value: string): Person | undefined;
  /** Who is who, as text. */
  digest(): string;
  /** Who owns each event, as the kind and value that person is named after, and the event's name. */
  timeline(): readonly string[];
}

/** What a test chooses about the project and the clock. */
export interface Circumstances {
  readonly publicKey?: string;
  readonly serverKey?: string;
  readonly settings?: JsonObject;
  /** The server's clock before the first request, ms. */
  readonly start?: number;
  /** By how much it goes on with every request, ms; absent: a second. */
  readonly tick?: number;
}

/** The clock goes on with every request. */
export function createWorld(protocol: Protocol, policy: Policy, given: Circumstances = {}): World {
  const graph = new MemoryGraph();
  const entries: { entry: Entry; verdict: Verdict }[] = [];
  const counts = new Map<string, number>();
  const refusals: string[] = [];
  const seen = new Map<string, number>();
  const tallies = new Map<string, number>();
  const { tick = 1_000 } = given;
  let now = given.start ?? 1_700_000_000_000;
  let integers = 0;
  let texts = 0;
  const access: Access = {
    project: 'shop',
    name: 'Shop',
    publicKey: PUBLIC_KEY,
    trust: 0,
    policy,
    settings: given.settings ?? {},
  };
  const serverKey = given.serverKey ?? SERVER_KEY;
  const host: Host = {
    get now() {
      return now;
    },
    // No two alike: names are made of it.
    randomText: (length) => String(++texts).padStart(length, 'x'),
    randomInteger: () => String(++integers),
    randomUuid: () => randomUUID(),
    hmac: (_project, secret, input) =>
      createHmac('sha256', secret === 'server' ? serverKey : secret)
        .update(input)
        .digest(),
    signingSecrets: () => ['signing'],
    sameBytes: (a, b) => Buffer.compare(a, b) === 0,
    isAddressIn: (address, networks) => networks.includes(address),
    tally(what, window, more = 0) {
      const count = (tallies.get(`${what} ${window}`) ?? 0) + more;
      tallies.set(`${what} ${window}`, count);
      return count;
    },
    ask: async (_project, question) => question(graph),
    script: () => 'sdk();',
    logged: async (_project, position) => entries[position - 1],
    publicKey: (_wire, key) =>
      key === (given.publicKey ?? WRITE_KEY) || key.toLowerCase() === PUBLIC_KEY ? access : undefined,
    holdsKey: () => true,
    serverKey: (_wire, key) => (key === serverKey ? { ...access, trust: 2 } : undefined),
  };
  const derive = (_project: string, founder: Identifier, attempt: number) =>
    createHash('sha256')
      .update(`${keyOf(founder)} ${attempt}`)
      .digest('hex') as PersonId;

  function decide(item: Item): Verdict | undefined {
    if (item.type === 'refused') {
      refusals.push(item.reason);
      return rejected('A5', item.reason);
    }
    const statement = item.complete === undefined ? item.statement : item.complete(graph);
    if (statement === undefined) return undefined;
    const [key, otherKey] = [repeatKey(statement, statement.trust > 0), repeatKey(statement, statement.trust === 0)];
    const repeats = key === undefined ? undefined : seen.get(key);
    const otherCopy = otherKey === undefined ? undefined : seen.get(otherKey);
    const position = entries.length + 1;
    const entry = entryOf(statement, policy, { position, at: now, repeats, otherCopy });
    const verdict = step(graph, { policy, derive }, entry);
    if (key !== undefined && isKept(verdict) && (repeats === undefined || statement.repeat?.keep === 'latest'))
      seen.set(key, position);
    entries.push({ entry, verdict });
    return verdict;
  }

  async function answered(reading: Reading): Promise<WireReply> {
    if (reading.type === 'answer') return reading.reply;
    const verdicts = reading.items.map(decide);
    for (const one of verdicts) if (one !== undefined) counts.set(one.status, (counts.get(one.status) ?? 0) + 1);
    return await reading.reply(verdicts.map((one) => one ?? { status: 'applied', notes: [] }));
  }

  return {
    host,
    entries,
    counts,
    refusals: () => refusals,
    read: (request) => protocol.read(request, host),
    async send(request) {
      now += tick;
      return await answered(await protocol.read(request, host));
    },
    async sendAtOnce(requests) {
      const replies: WireReply[] = [];
      for (const reading of await Promise.all(requests.map((request) => protocol.read(request, host)))) {
        now += tick;
        replies.push(await answered(reading));
      }
      return replies;
    },
    person(kind, value) {
      const owner = ownerAt(graph, policy, keyOf({ kind, value }), now);
      return owner && personOf(graph, policy, owner);
    },
    digest: () => digestText(graph, policy, graph.nodes.values()),
    timeline: () => {
      // [D3] A backend's copy counts in their place, whichever of a page's copies it met.
      const replaced = new Set<number>();
      for (const { entry } of entries.filter(({ verdict }) => isKept(verdict)))
        for (let one = entry.outranks; one !== undefined; one = entries[one - 1]?.entry.repeats) replaced.add(one);
      return entries.flatMap(({ entry, verdict }) => {
        if (replaced.has(entry.position)) return [];
        if (entry.command.type !== 'Track' || entry.command.hidden || verdict.status !== 'applied') return [];
        const { anchor } = verdict;
        const owner = anchor && ownerAt(graph, policy, keyOf(anchor), entry.time);
        return [`${owner?.key ?? 'nobody'} ${entry.command.name}`];
      });
    },
  };
}

/** As a store has it: what was refused whole, repeats another or may not be kept uses no insert id. */
const isKept = ({ status, rule, anchor }: Verdict): boolean =>
  status === 'applied' || status === 'quarantined' || anchor !== undefined || rule === 'D2' || rule === 'D3';

/** As a store has it: of each wire, and of pages and of whoever has a secret apart. */
function repeatKey({ wire, repeat, insertId }: Statement, isSecret: boolean): string | undefined {
  const said = repeat?.key ?? insertId;
  return said === undefined ? undefined : `${wire} ${isSecret} ${said}`;
}

/** A request as the server hands it over. */
export function request(
  method: string,
  path: string,
  body: unknown = '',
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
): WireRequest {
  const bytes = body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const { search, searchParams } = new URL(path, 'http://id.shop.test');
  const query = new Map([...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)]));
  return {
    method,
    path: path.slice(0, path.length - search.length),
    query,
    search,
    headers,
    body: bytes,
    origin: 'http://id.shop.test:4400',
    ip: '127.0.0.1',
  };
}
