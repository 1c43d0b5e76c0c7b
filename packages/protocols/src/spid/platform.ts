import type { Identifier, Instant, Json, JsonObject, Statement } from '@selfsame/identity';
import type { Access, Host, Item, Made, Told } from '../protocol.ts';
import { derivedId } from './derived-id.ts';
import { profileChange } from './profile.ts';
import { eventProperties, withProperties } from './server-event.ts';
import { loggedIn } from './visitor.ts';

/**
 * What the native wire's items mean in a project that speaks SPiD: the server key is the login platform.
 * @returns for each that was given, in their order, the items it makes: itself, before it the event `Logout` and after it
 * the event `Login`, where it may log somebody out or in. What hangs on who is who is completed at its place in the log, so
 * a batch means what its items mean one by one (G8).
 */
export function asPlatform(given: readonly Told[], access: Access, host: Host): readonly Made[] {
  if (access.trust < 2) return given.map(({ item }) => ({ before: [], item, after: [] }));
  return inOrder(given, host.now).map(({ sent, item }) => {
    if (item.type === 'refused') return { before: [], item, after: [] };
    const events = presenceEvent(typeOf(sent), item.statement, access, host);
    const read = serverItem(item.statement, access, host);
    // Who logs out is still there when it is told; who logs in is by then the browser's, whose name receivers know.
    return typeOf(sent) === 'login'
      ? { before: [], item: read, after: events }
      : { before: events, item: read, after: [] };
  });
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

/**
 * A server event carries the client's traits and the standard properties. One that names both a user and the browser,
 * such as `Login failed`, is no login: it hangs on the user and says nothing of who sits at the browser.
 */
function serverItem(statement: Statement, access: Access, { now }: Host): Item {
  const { command, ...said } = statement;
  if (command.type !== 'Track' && command.type !== 'Describe') return { type: 'statement', statement };
  const ids = command.ids.some(isUser) ? command.ids.filter((id) => !isVisitor(id)) : command.ids;
  if (command.type === 'Describe') {
    const changes = command.changes.map(profileChange);
    return { type: 'statement', statement: { ...said, command: { ...command, ids, changes } } };
  }
  const seen = { url: command.properties['url'] };
  return withProperties(said, { ...command, ids }, (graph) =>
    eventProperties(command.properties, command.ids, access, { graph, now }, seen),
  );
}

/** The event of a login or a logout; it becomes nothing where nobody is logged in to be logged out. */
function presenceEvent(type: unknown, statement: Statement, access: Access, host: Host): readonly Item[] {
  const { command, insertId, ...said } = statement;
  if ((type !== 'login' || command.type !== 'Identify') && (type !== 'logout' || command.type !== 'Logout')) return [];
  const visitor = command.ids.find(isVisitor);
  const user = command.ids.find(isUser);
  if (visitor === undefined || (type === 'login' && user === undefined)) return [];
  const name = type === 'login' ? 'Login' : 'Logout';
  const id = insertId === undefined ? {} : { insertId: derivedId(name, insertId, access, host) };
  const about = (ids: readonly Identifier[], properties: JsonObject): Statement => ({
    ...said,
    ...id,
    wire: 'spid',
    command: { type: 'Track', ids, name, properties },
  });
  return [
    {
      type: 'statement',
      statement: about([user ?? visitor], {}),
      complete(graph) {
        const who = type === 'login' ? user : loggedIn(visitor, access, graph);
        return who && about([who], eventProperties({}, [who], access, { graph, now: host.now }));
      },
    },
  ];
}

const typeOf = (sent: Json): unknown =>
  typeof sent === 'object' && sent !== null && !Array.isArray(sent) ? (sent as { type?: Json }).type : undefined;
const isUser = (id: Identifier): boolean => id.kind === 'user';
const isVisitor = (id: Identifier): boolean => id.kind === 'visitor';
