import {
  type Command,
  canonical,
  type Identifier,
  type IdentifierKey,
  type Json,
  keyOf,
  type ProjectId,
  type Statement,
  type TraitChange,
} from '@selfsame/identity';
import { own } from './json/values.ts';
import { signatureRecord, signedIdentity } from './native/signed-item.ts';
import type { Host, Item } from './protocol.ts';
import { refusedItem } from './refused-item.ts';

/**
 * Under this name a page hands on who its visitor is, as the customer's backend signed it, through whatever the vendor's
 * own client lets a page set: a property of an event, or a trait. What asks mParticle's directory has only identities, so
 * there it is the value of one, of any type, that begins with this name and a colon.
 */
export const TOKEN = '$selfsame_signed';
const PREFIX = `${TOKEN}:`;

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
    said.push(...sayingOf(statement, found.token, host, vouched));
    return { ...item, statement };
  });
  if (said.length === 0) return items;
  return [...taken.map((item) => vouchedFor(item, vouched)), ...said];
}

/** What is signed in a request: names, each of one project. */
type Signed = Map<ProjectId, Set<IdentifierKey>>;

/** An item of a page that names somebody whom a backend signed beside it. */
function vouchedFor(item: Item, signed: Signed): Item {
  if (item.type !== 'statement' || item.statement.trust > 0) return item;
  const { project, command } = item.statement;
  const names = signed.get(project);
  const vouched = idsOf(command)
    .map((id) => keyOf(canonical(id)))
    .filter((key) => names?.has(key) === true);
  return vouched.length === 0 ? item : { ...item, statement: { ...item.statement, vouched } };
}

/** What a token says; the names that it signs are added to `vouched`. */
function sayingOf(statement: Statement, token: Json, host: Host, vouched: Signed): readonly Item[] {
  const { project, wire, command } = statement;
  const ids = idsOf(command);
  const read = signedIdentity(token, ids, statement, host);
  const refused = (problem: string) =>
    refusedItem(statement, `${TOKEN}: ${problem}; the item it came with is taken without it`);
  if ('problem' in read) return [refused(read.problem)];
  const { over, ...said } = read;
  const signed = idsOf(said.command);
  const isOnce = said.repeat !== undefined;
  if (isOnce && command.type === 'Resolve') return [refused('it is bound to one effect, which a question is not')];
  // What may have one effect has it by its own word alone, which the log knows again.
  if (!isOnce)
    for (const id of signed)
      if (!isBrowsers(id)) vouched.set(project, (vouched.get(project) ?? new Set()).add(keyOf(canonical(id))));
  const trust = Math.max(statement.trust, 1) as Statement['trust'];
  const record: Item = {
    type: 'statement',
    statement: { project, wire, trust: 2, command: signatureRecord(signed, over) },
  };
  // The directory itself says what becomes of the names in a question ([R6]).
  return command.type === 'Resolve'
    ? [record]
    : [{ type: 'statement', statement: { project, wire, trust, ...said } }, record];
}

const isBrowsers = ({ kind }: Identifier): boolean => kind === 'device' || kind === 'session' || kind === 'visitor';

/** Whom an item names that may carry a token. */
const idsOf = (command: Command): readonly Identifier[] => ('ids' in command ? command.ids : []);

/** A command without its token; undefined where it has none, as nearly all. */
function withoutToken(command: Command): { readonly command: Command; readonly token: Json } | undefined {
  if (command.type === 'Track') {
    const token = own(command.properties, TOKEN);
    if (token === undefined) return undefined;
    const { [TOKEN]: _, ...properties } = command.properties;
    return { command: { ...command, properties }, token };
  }
  if (command.type === 'Resolve') {
    const carrier = command.ids.find(({ value }) => value.startsWith(PREFIX));
    if (carrier === undefined) return undefined;
    const ids = command.ids.filter((id) => id !== carrier);
    return { command: { ...command, ids }, token: carrier.value.slice(PREFIX.length) };
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
