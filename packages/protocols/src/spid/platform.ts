import type { Command, Identifier, Instant, Json } from '@selfsame/identity';
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
  const told = inOrder(given, host.now);
  const seen = new Map<string, Identifier | undefined>();
  const events = told.flatMap(({ sent, item }) => presenceEvent(typeOf(sent), item, seen, access, host));
  return [...told.map(({ item }) => withCommand(item, (command) => serverEvent(command, access, host))), ...events];
}

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

/** The event of a login or a logout; none for a logout where nobody is logged in. `seen`: who this batch left at a browser. */
function presenceEvent(
  type: unknown,
  item: Item,
  seen: Map<string, Identifier | undefined>,
  access: Access,
  host: Host,
): readonly Item[] {
  if (item.type === 'refused' || (type !== 'login' && type !== 'logout')) return [];
  const { command } = item.statement;
  if (command.type !== 'Identify' && command.type !== 'Logout') return [];
  const visitor = command.ids.find(isVisitor);
  if (visitor === undefined) return [];
  const before = () => (seen.has(visitor.value) ? seen.get(visitor.value) : loggedIn(visitor, access, host));
  const user = type === 'login' ? command.ids.find(isUser) : before();
  if (user === undefined) return [];
  seen.set(visitor.value, type === 'login' ? user : undefined);
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
