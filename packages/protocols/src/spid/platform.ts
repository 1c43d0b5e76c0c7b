import { type Command, type Graph, type Identifier, type Instant, type Json, rehearse } from '@selfsame/identity';
import type { Access, Host, Item } from '../protocol.ts';
import { derivedId } from './derived-id.ts';
import { profileChange } from './profile.ts';
import { eventProperties } from './server-event.ts';
import { stateOf } from './visitor.ts';

/** An item of the native wire as it was sent and as it was read. */
export interface Told {
  readonly sent: Json;
  readonly item: Item;
}

/**
 * What the native wire's items mean in a project that speaks SPiD: the server key is the login platform.
 * @returns as many items as were given, in their order, and after them the events `Login` and `Logout` of those that
 * log somebody in or out
 */
export function asPlatform(given: readonly Told[], access: Access, host: Host): readonly Item[] {
  if (access.trust < 2) return given.map(({ item }) => item);
  // Each is read as if those before it had come in a request of their own: a batch means what its items mean (G8).
  const rehearsal = rehearse(host.graph(access.project), access.policy, host.now);
  const then = hostWith(host, rehearsal.graph);
  const events: Item[] = [];
  const items = inOrder(given, host.now).map(({ sent, item }) => {
    events.push(...presenceEvent(typeOf(sent), item, access, then));
    const read = withCommand(item, (command) => serverEvent(command, access, then));
    if (read.type === 'statement') rehearsal.tell(read.statement);
    return read;
  });
  return [...items, ...events];
}

/** What the server lends, with another graph. */
const hostWith = (host: Host, graph: Graph): Host => ({
  now: host.now,
  randomText: (length) => host.randomText(length),
  randomInteger: () => host.randomInteger(),
  randomUuid: () => host.randomUuid(),
  hmac: (project, secret, input) => host.hmac(project, secret, input),
  sameBytes: (a, b) => host.sameBytes(a, b),
  isAddressIn: (address, networks) => host.isAddressIn(address, networks),
  tally: (what, window, more) => host.tally(what, window, more),
  graph: () => graph,
  script: (vendor) => host.script(vendor),
  logged: (position) => host.logged(position),
  publicKey: (wire, key) => host.publicKey(wire, key),
  serverKey: (wire, key) => host.serverKey(wire, key),
});

/**
 * Items without a time happen when they arrive, all of a batch in one moment, and of one moment's words none is the
 * later. A browser's logins and logouts get a millisecond each, or a logout could count as the one before its login.
 */
function inOrder(told: readonly Told[], now: Instant): readonly Told[] {
  const left = new Map<string, number>();
  const browserOf = ({ item }: Told): string | undefined =>
    item.type === 'statement' &&
    item.statement.time === undefined &&
    (item.statement.command.type === 'Identify' || item.statement.command.type === 'Logout')
      ? item.statement.command.ids.find(isVisitor)?.value
      : undefined;
  for (const one of told) {
    const browser = browserOf(one);
    if (browser !== undefined) left.set(browser, (left.get(browser) ?? 0) + 1);
  }
  return told.map((one) => {
    const browser = browserOf(one);
    if (browser === undefined || one.item.type === 'refused') return one;
    const later = (left.get(browser) ?? 1) - 1;
    left.set(browser, later);
    if (later === 0) return one;
    // Our clock, which the sender's has no say in.
    const { sentAt: _sentAt, ...statement } = one.item.statement;
    return { ...one, item: { type: 'statement', statement: { ...statement, time: now - later } } };
  });
}

const withCommand = (item: Item, change: (command: Command) => Command): Item =>
  item.type === 'refused'
    ? item
    : { type: 'statement', statement: { ...item.statement, command: change(item.statement.command) } };

/**
 * A server event carries the client's traits and the standard properties. One that names both a user and the browser,
 * such as `Login failed`, is no login: it hangs on the user and says nothing of who sits at the browser.
 */
function serverEvent(command: Command, access: Access, host: Host): Command {
  if (command.type !== 'Track' && command.type !== 'Describe') return command;
  const ids = command.ids.some(isUser) ? command.ids.filter((id) => !isVisitor(id)) : command.ids;
  if (command.type === 'Describe') return { ...command, ids, changes: command.changes.map(profileChange) };
  const seen = { url: command.properties['url'] };
  return { ...command, ids, properties: eventProperties(command.properties, command.ids, access, host, seen) };
}

/** The event of a login or a logout; none for a logout where nobody is logged in. */
function presenceEvent(type: unknown, item: Item, access: Access, host: Host): readonly Item[] {
  if (item.type === 'refused' || (type !== 'login' && type !== 'logout')) return [];
  const { command } = item.statement;
  if (command.type !== 'Identify' && command.type !== 'Logout') return [];
  const visitor = command.ids.find(isVisitor);
  if (visitor === undefined) return [];
  const user = type === 'login' ? command.ids.find(isUser) : loggedIn(visitor, access, host);
  if (user === undefined) return [];
  const name = type === 'login' ? 'Login' : 'Logout';
  const properties = eventProperties({}, [user], access, host);
  const { insertId, ...statement } = item.statement;
  return [
    {
      type: 'statement',
      statement: {
        ...statement,
        wire: 'spid',
        command: { type: 'Track', ids: [user], name, properties },
        ...(insertId === undefined ? {} : { insertId: derivedId(name, insertId, access, host) }),
      },
    },
  ];
}

function loggedIn(visitor: Identifier, access: Access, host: Host): Identifier | undefined {
  const state = stateOf(visitor, access, host);
  return state.type === 'session' || state.type === 'remembered' ? state.user : undefined;
}

const typeOf = (sent: Json): unknown =>
  typeof sent === 'object' && sent !== null && !Array.isArray(sent) ? (sent as { type?: Json }).type : undefined;
const isUser = (id: Identifier): boolean => id.kind === 'user';
const isVisitor = (id: Identifier): boolean => id.kind === 'visitor';
