import { MemoryGraph, type Policy, type Statement } from '@selfsame/identity';
import { type Access, type Host, mixpanel, native, type Protocol, type WireRequest } from '@selfsame/protocols';
import { Failure } from '../failure.ts';
import { type Outgoing, outgoing, type Wire, wireOf } from '../import/format.ts';
import { openItems } from '../read-items.ts';
import { ARRIVAL } from './digest.ts';

/** The largest file we read whole, items: every order is folded in memory. */
const MOST = 5_000_000;
/** Items a wire is handed at once. */
const TOGETHER = 1000;

/**
 * The statements in a file, read by the wires themselves, as the server would with the project's server key.
 * @throws Failure at the first item that is none.
 */
export async function readStatements(file: string, policy: Policy, given?: Wire): Promise<readonly Statement[]> {
  const host = hostOf({ project: 'verify', name: 'verify', publicKey: 'verify', trust: 2, policy, settings: {} });
  const statements: Statement[] = [];
  let wire = given;
  let waiting: Outgoing[] = [];
  const flush = () => {
    if (waiting.length > 0) statements.push(...read(waiting, host, file));
    waiting = [];
  };
  for await (const item of await openItems(file)) {
    if (item.number > MOST) throw new Failure(`${file} has over ${MOST} items, more than fit in memory here.`);
    if ('problem' in item) throw new Failure(`Item ${item.number} of ${file} ${item.problem}.`);
    wire ??= wireOf(item.value);
    if (wire === undefined)
      throw new Failure(`What is ${file} written in? Say it with --wire native or --wire mixpanel.`, 2);
    const next = outgoing({ value: item.value, number: item.number, wire, token: 'verify' });
    if ('problem' in next) throw new Failure(`Item ${item.number} of ${file} ${next.problem}.`);
    if (waiting.length >= TOGETHER || (waiting.length > 0 && waiting[0]?.route !== next.route)) flush();
    waiting.push(next);
  }
  flush();
  return statements;
}

const routes: Readonly<
  Record<Outgoing['route'], { wire: Protocol; path: string; search: string; authorization: string }>
> = {
  batch: { wire: native, path: '/v1/batch', search: '', authorization: 'Bearer verify' },
  import: { wire: mixpanel, path: '/import', search: '?strict=1', authorization: `Basic ${btoa('verify:')}` },
  engage: { wire: mixpanel, path: '/engage', search: '?verbose=1', authorization: '' },
};

function read(items: readonly Outgoing[], host: Host, file: string): readonly Statement[] {
  const route = items[0]?.route ?? 'batch';
  const { wire, path, search, authorization } = routes[route];
  const array = `[${items.map((item) => item.json).join(',')}]`;
  const request: WireRequest = {
    method: 'POST',
    path,
    search,
    query: new Map([...new URLSearchParams(search)].map(([name, value]) => [name, [value]])),
    headers: { 'content-type': 'application/json', authorization },
    body: new TextEncoder().encode(route === 'batch' ? `{"items":${array}}` : array),
    origin: 'http://localhost',
    ip: '127.0.0.1',
  };
  const reading = wire.read(request, host);
  if (reading.type === 'answer') throw new Failure(`${file} cannot be read as ${wire.name}: ${reading.reply.body}`);
  return reading.items.map((item, i) => {
    const number = items[i]?.number ?? 0;
    if (item.type === 'refused') throw new Failure(`Item ${number} of ${file} would be refused: ${item.reason}.`);
    return settled(item.statement, number);
  });
}

/** An item without a time happened when it arrived ([T1]); in a file that is its place, whatever order we then try. */
function settled({ sentAt: _, ...statement }: Statement, number: number): Statement {
  return { ...statement, time: statement.time ?? ARRIVAL + number };
}

/** What a wire may ask of a server, without one: a single project whose every key is `verify`. */
function hostOf(access: Access): Host {
  const open = (_wire: string, key: string) => (key === 'verify' ? access : undefined);
  const none = (): never => {
    throw new Failure('These items need a server: import them instead.');
  };
  return {
    now: ARRIVAL,
    publicKey: open,
    serverKey: open,
    randomText: none,
    randomInteger: none,
    randomUuid: none,
    hmac: none,
    sameBytes: none,
    isAddressIn: none,
    tally: none,
    script: none,
    logged: none,
    graph: () => new MemoryGraph(),
  };
}
