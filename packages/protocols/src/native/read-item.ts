import type { Command, Identifier, Instant, Json, JsonObject, Statement, TraitChange } from '@selfsame/identity';
import { idOf, insertIdOf, isObject, listOf, objectOf } from '../json/values.ts';
import type { Access, Host } from '../protocol.ts';
import { isNoTime, isUnfilled, readTime } from '../time/read.ts';
import { signatureRecord, signedIdentity, signedTraits } from './signed-item.ts';

/** The part of a statement that one item decides. */
type Said = Pick<Statement, 'command' | 'time' | 'insertId'>;

/** What cannot be read, in words that quote nothing of the item (S40). Becomes the item's `rejected`. */
class Unreadable extends Error {}

/**
 * One item of a batch as a statement, or why it is none.
 * `record` is what the log keeps beside something signed.
 * @param sentAt when the batch was sent by the sender's clock, ms
 */
export function readItem(
  item: Json,
  access: Access,
  sentAt: Instant | undefined,
  host: Host,
): { readonly statement: Statement; readonly record?: Statement } | { readonly reason: string } {
  try {
    if (!isObject(item)) throw new Unreadable('an item is an object');
    if (item['signed'] !== undefined && item['signed'] !== null) return vouchedFor(item, access, host);
    const statement = {
      project: access.project,
      wire: 'native',
      trust: access.trust,
      ...circumstancesOf(item, host.now),
      ...(sentAt === undefined ? {} : { sentAt }),
      command: commandOf(item),
    };
    return { statement };
  } catch (error) {
    if (error instanceof Unreadable) return { reason: error.message };
    throw error;
  }
}

/** What a backend signed and a page hands on: said when it was signed, never when the page says, and believed more (T1). */
function vouchedFor(
  item: JsonObject,
  access: Access,
  host: Host,
): { readonly statement: Statement; readonly record: Statement } {
  const { type, signed = null } = item;
  const read =
    type === 'traits'
      ? signedTraits
      : ['identify', 'login', 'modify'].includes(String(type))
        ? signedIdentity
        : undefined;
  if (read === undefined) throw new Unreadable('only traits and identify, login, modify can be signed');
  const ids = idsOf(item['ids']);
  const vouched = read(signed, ids, access, host);
  if ('problem' in vouched) throw new Unreadable(`signed: ${vouched.problem}`);
  const { over, ...said } = vouched;
  const { time: _, ...circumstances } = circumstancesOf(item, host.now);
  const from = { project: access.project, wire: 'native' } as const;
  const trust = Math.max(access.trust, 1) as Statement['trust'];
  const about = said.command.type === 'Describe' || said.command.type === 'Identify' ? said.command.ids : ids;
  return {
    statement: { ...from, trust, ...circumstances, ...said },
    record: { ...from, trust: 2, command: signatureRecord(about, over) },
  };
}

function circumstancesOf(item: JsonObject, now: Instant): Omit<Said, 'command'> {
  const { time } = item;
  const insertId = insertIdOf(item['insertId']);
  if (insertId === null) throw new Unreadable('insertId must be 1–128 printable ASCII characters');
  const at = timeOf(time, now);
  return {
    ...(at === undefined ? {} : { time: at }),
    ...(insertId === undefined ? {} : { insertId }),
  };
}

/** A clock may be wrong by days; a time this far ahead, ms, is no clock's but in another unit, or made up. */
const FARTHEST_AHEAD = 366 * 24 * 3600 * 1000;

/** When an item happened, ms; undefined when it does not say. */
function timeOf(time: Json | undefined, now: Instant): Instant | undefined {
  if (time === undefined || isNoTime(time)) return undefined;
  const at = readTime(time);
  if (at === undefined) throw new Unreadable('time must be ISO 8601 or milliseconds since 1970');
  if (at !== 0 && isUnfilled(at))
    throw new Unreadable('time must be after 1900, and not -1: this field was never filled');
  if (at > now + FARTHEST_AHEAD)
    throw new Unreadable('time must not be more than a year ahead: is it in another unit?');
  return at;
}

function commandOf(item: JsonObject): Command {
  switch (item['type']) {
    case 'track':
      return {
        type: 'Track',
        ids: idsOf(item['ids'] ?? {}),
        name: nameOf(item['name']),
        properties: propertiesOf(item),
      };
    case 'page':
      return {
        type: 'Track',
        ids: idsOf(item['ids'] ?? {}),
        name: nameOf(item['name'] ?? 'page'),
        properties: propertiesOf(item),
      };
    case 'identify':
    case 'login':
    case 'modify':
      return { type: 'Identify', ids: idsOf(item['ids']) };
    case 'logout':
      return { type: 'Logout', ids: idsOf(item['ids']) };
    case 'traits':
      return { type: 'Describe', ids: idsOf(item['ids']), changes: traitChanges(item) };
    case 'segments':
      return { type: 'Describe', ids: idsOf(item['ids']), changes: segmentChanges(item) };
    case 'merge':
      return { type: 'Merge', ...sidesOf(item['ids']) };
    case 'consent':
      return { type: 'Consent', ids: idsOf(item['ids']), consent: consentOf(item['consent']) };
    default:
      throw new Unreadable(`type must be one of ${types.join(', ')}`);
  }
}

const types = [
  ...['track', 'page', 'identify', 'login', 'logout', 'modify'],
  ...['traits', 'segments', 'merge', 'consent'],
] as const;

function idsOf(ids: Json | undefined): readonly Identifier[] {
  const named = ids === undefined ? undefined : objectOf(ids);
  if (named === undefined) throw new Unreadable('ids must be an object of kind and value');
  const found: Identifier[] = [];
  for (const [kind, sent] of Object.entries(named)) {
    const value = idOf(sent);
    // A fraction has no one spelling (S14).
    if (value === null) throw new Unreadable('an identifier must be text or a whole number');
    if (value !== undefined) found.push({ kind, value });
  }
  return found;
}

function sidesOf(ids: Json | undefined): { readonly one: Identifier; readonly other: Identifier } {
  const sides = (listOf(ids) ?? []).map((side) => idsOf(side));
  const [[one, ...more] = [], [other, ...others] = []] = sides;
  if (sides.length !== 2 || one === undefined || other === undefined || more.length + others.length > 0)
    throw new Unreadable('ids of a merge must be two objects with one identifier each');
  return { one, other };
}

function nameOf(sent: Json | undefined): string {
  const name = idOf(sent);
  if (typeof name !== 'string' || name.length > 255) throw new Unreadable('name must be text of 1–255 characters');
  return name;
}

function propertiesOf(item: JsonObject): JsonObject {
  const properties = objectOf(item['properties']);
  if (properties === undefined) throw new Unreadable('properties must be an object');
  return properties;
}

function traitChanges({ traits: sent, op = 'set' }: JsonObject): readonly TraitChange[] {
  const traits = sent === undefined ? undefined : objectOf(sent);
  if (traits === undefined) throw new Unreadable('traits must be an object');
  if (op === 'replace') return [{ op: 'clear', of: 'wire' }, ...traitChanges({ traits: sent as JsonObject })];
  return Object.entries(traits).flatMap(([name, value]): readonly TraitChange[] => {
    switch (op) {
      case 'set':
        return value === null ? [{ op: 'unset', name }] : [{ op, name, value }];
      case 'set-once':
        return value === null ? [] : [{ op, name, value }];
      case 'add':
        if (typeof value !== 'number') throw new Unreadable(whyNotAdded(value));
        return [{ op, name, value }];
      case 'append':
      case 'union':
      case 'remove':
        return [{ op, name, value: op === 'union' && !Array.isArray(value) ? [value] : value }];
      default:
        throw new Unreadable('op must be set, set-once, add, append, union, remove or replace');
    }
  });
}

/** A whole number beyond 2^53 came as the text of its digits, which it keeps (S19). */
const whyNotAdded = (value: Json): string =>
  typeof value === 'string' && /^-?\d{16,}$/.test(value)
    ? 'a whole number beyond 2^53 cannot be added to a trait: the sum would not be exact'
    : 'only a number can be added to a trait';

/** `segments` names the one set there is; rules keep it apart from traits. */
const segmentSet = { name: 'segments', on: 'segments' } as const;

function segmentChanges({ segments: sent, op = 'set' }: JsonObject): readonly TraitChange[] {
  const segments = listOf(sent);
  if (segments === undefined || !segments.every((one) => typeof one === 'string'))
    throw new Unreadable('segments must be an array of text');
  switch (op) {
    case 'set':
      return [{ ...segmentSet, op: 'set', value: [...new Set(segments)] }];
    case 'add':
      return [{ ...segmentSet, op: 'union', value: segments }];
    case 'remove':
      return segments.map((value) => ({ ...segmentSet, op: 'remove', value }));
    default:
      throw new Unreadable('op must be set, add or remove');
  }
}

function consentOf(consent: Json | undefined): 'granted' | 'denied' {
  if (consent !== 'granted' && consent !== 'denied') throw new Unreadable('consent must be granted or denied');
  return consent;
}
