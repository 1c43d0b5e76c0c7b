import {
  type Command,
  canonical,
  type Identifier,
  type IdentifierKey,
  type Json,
  type JsonObject,
  keyOf,
  type ProjectId,
  type Statement,
  type TraitChange,
} from '@selfsame/identity';
import { own } from './json/values.ts';
import { DEVICE_PREFIX } from './mixpanel/ids.ts';
import { signatureRecord, signedIdentity } from './native/signed-item.ts';
import type { Host, Item } from './protocol.ts';
import { refusedItem } from './refused-item.ts';
import { carriesToken, PREFIX, TOKEN } from './token.ts';

/**
 * Items with what backends signed in them, whatever wire they came by: the token is taken out, so nothing of it is kept
 * with its item; the names that it signs are vouched for in the whole request, which is one page's ([E1]–[E3]), and its own
 * word follows the items (T1). One that is not believed costs its item nothing, and is a refused item of its own, with why.
 */
export function withTokens(items: readonly Item[], host: Host): readonly Item[] {
  const said: Item[] = [];
  const vouched: Signed = new Map();
  const taken = items.map((item) => {
    if (item.type !== 'statement' || item.complete !== undefined) return item;
    const found = withoutToken(item.statement.command);
    if (found === undefined) return item;
    const statement = { ...item.statement, command: found.command };
    if (found.token !== undefined) said.push(...sayingOf(statement, found.token, host, vouched));
    return { ...item, statement };
  });
  return said.length === 0 ? taken : [...taken.map((item) => vouchedFor(item, vouched)), ...said];
}

/** What is signed in a request: names, each of one project. */
type Signed = Map<ProjectId, Set<IdentifierKey>>;

/** An item of a page that names somebody whom a backend signed beside it. */
function vouchedFor(item: Item, signed: Signed): Item {
  if (item.type !== 'statement' || item.statement.trust > 0) return item;
  const { project, command } = item.statement;
  const names = signed.get(project) ?? new Set();
  // A change of a record counts by whose the record is as well, which the wire does not know ([E3]).
  const vouched =
    command.type === 'Modify'
      ? [...names]
      : namedIn(command)
          .map(keyed)
          .filter((key) => names.has(key));
  return vouched.length === 0 ? item : { ...item, statement: { ...item.statement, vouched } };
}

/** What a token says; the names that it signs are added to `vouched`. */
function sayingOf(statement: Statement, token: Json, host: Host, vouched: Signed): readonly Item[] {
  const { project, wire, command } = statement;
  const ids = namedIn(command);
  const read = signedIdentity(token, ids, statement, host);
  const refused = (problem: string) =>
    refusedItem(statement, `${TOKEN}: ${problem}; the item it came with is taken without it`);
  if ('problem' in read) return [refused(read.problem)];
  const { over, ...said } = read;
  const signed = namedIn(said.command).map((id) => asNamed(id, ids));
  const isOnce = said.repeat !== undefined;
  const isQuestion = command.type === 'Resolve' || command.type === 'Modify';
  if (isOnce && isQuestion) return [refused('it is bound to one effect, which a question is not')];
  // What may have one effect has it by its own word alone, which the log knows again.
  if (!isOnce)
    for (const id of signed)
      if (!isBrowsers(id)) vouched.set(project, (vouched.get(project) ?? new Set()).add(keyed(id)));
  const trust = Math.max(statement.trust, 1) as Statement['trust'];
  const record: Item = {
    type: 'statement',
    statement: { project, wire, trust: 2, command: signatureRecord(signed, over) },
  };
  // The directory itself says what becomes of the names in a question ([R6], [R10]).
  if (isQuestion) return [record];
  const ownWord = { ...said, command: wordOf(signed, command) };
  return [{ type: 'statement', statement: { project, wire, trust, ...ownWord } }, record];
}

const keyed = (id: Identifier): IdentifierKey => keyOf(canonical(id));

/** Mixpanel's original merge knows handles and no kinds: there a `user` that is signed is the handle of that value. */
const asNamed = (id: Identifier, ids: readonly Identifier[]): Identifier =>
  id.kind === 'user' && ids.some(({ kind }) => kind === 'distinct_id') ? { kind: 'distinct_id', value: id.value } : id;

/** What is said by the backend itself: that whom it signed is one with the page's own device. */
function wordOf(signed: readonly Identifier[], command: Command): Command {
  const [one] = signed;
  // In the original merge a device has a handle: the page's own `$identify` may have come in a request before.
  const isOfOriginal = one?.kind === 'distinct_id' && namedIn(command).some((id) => keyed(id) === keyed(one));
  return isOfOriginal && command.type === 'Track' && command.device !== undefined
    ? { type: 'Join', how: 'identify', one, other: { kind: one.kind, value: DEVICE_PREFIX + command.device.value } }
    : { type: 'Identify', ids: signed };
}

const isBrowsers = ({ kind }: Identifier): boolean => kind === 'device' || kind === 'session' || kind === 'visitor';

/** Whom an item names. */
function namedIn(command: Command): readonly Identifier[] {
  if (command.type === 'Join') return [command.one, command.other];
  return 'ids' in command ? command.ids : [];
}

/** A command without its token; undefined where it has none, as nearly all. `token` undefined: it only takes one away. */
function withoutToken(command: Command): { readonly command: Command; readonly token: Json | undefined } | undefined {
  const carrier = 'ids' in command ? command.ids.find(({ value }) => carriesToken(value)) : undefined;
  if ('ids' in command && carrier !== undefined) {
    const ids = command.ids.filter(({ value }) => !carriesToken(value));
    return { command: { ...command, ids }, token: carrier.value.slice(PREFIX.length) };
  }
  if (command.type === 'Track') {
    const token = own(command.properties, TOKEN);
    if (token === undefined) return undefined;
    return { command: { ...command, properties: withoutIt(command.properties) }, token };
  }
  if (command.type === 'Join') {
    // What a page registers stands in Mixpanel's own events too.
    const { event } = command;
    const token = event === undefined ? undefined : own(event.properties, TOKEN);
    if (event === undefined || token === undefined) return undefined;
    return { command: { ...command, event: { ...event, properties: withoutIt(event.properties) } }, token };
  }
  if (command.type === 'Modify') {
    // mParticle's client says its identities of before as well: a token of then is nobody's.
    const changes = command.changes.filter(({ before, now }) => ![before, now].some(carriesToken));
    if (changes.length === command.changes.length) return undefined;
    const token = command.changes.find(({ now }) => carriesToken(now))?.now;
    return { command: { ...command, changes }, token: token?.slice(PREFIX.length) };
  }
  if (command.type !== 'Describe') return undefined;
  const change = command.changes.find(isToken);
  if (change === undefined) return undefined;
  const changes = command.changes.filter((one) => !isToken(one));
  const token = 'value' in change ? change.value : null;
  // What said nothing else still says who is there.
  return { command: changes.length === 0 ? { type: 'Identify', ids: command.ids } : { ...command, changes }, token };
}

const isToken = (change: TraitChange): boolean => 'name' in change && change.name === TOKEN;

function withoutIt({ [TOKEN]: _, ...properties }: JsonObject): JsonObject {
  return properties;
}
