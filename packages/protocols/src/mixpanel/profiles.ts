import type { Identifier, Json, JsonObject, Policy, Statement, TraitChange } from '@selfsame/identity';
import { isPlaceholder } from '@selfsame/identity';
import { idOf, isObject, listOf, objectOf, own } from '../json/values.ts';
import { keptInsertId } from '../made-id.ts';
import type { Access, Host } from '../protocol.ts';
import { idsOf, real, textOf } from './ids.ts';
import type { Sent } from './payload.ts';
import { dropped, faulty, type Understood } from './understood.ts';
import type { SentUpdate } from './wire.ts';

/** What an operation makes of its value; a text says what is wrong with it. */
type Operation = (value: Json) => readonly TraitChange[] | string;

const eachOf =
  (operation: string, change: (name: string, value: Json) => TraitChange | undefined): Operation =>
  (value) => {
    const given = objectOf(value);
    return given === undefined
      ? `${operation}, must be an object`
      : Object.entries(given).flatMap(([name, one]) => change(name, one) ?? []);
  };

/** The operations of profile updates, in the vendor's words and ours. */
const operations: ReadonlyMap<string, Operation> = new Map([
  ['$set', eachOf('$set', (name, value) => ({ op: 'set', name, value }))],
  // The first identify sends null for every UTM tag that the page did not have.
  ['$set_once', eachOf('$set_once', (name, value) => (value === null ? undefined : { op: 'set-once', name, value }))],
  [
    '$add',
    (value) => {
      const given = objectOf(value);
      const other = given === undefined ? value : Object.values(given).find((one) => typeof one !== 'number');
      if (given !== undefined && other === undefined)
        return Object.entries(given).map(([name, one]) => ({ op: 'add', name, value: one as number }));
      // A whole number beyond 2^53 came as the text of its digits, which it keeps (S19).
      return typeof other === 'string' && /^-?\d{16,}$/.test(other)
        ? '$add, must be numbers up to 2^53'
        : '$add, must be an object of numbers';
    },
  ],
  ['$append', eachOf('$append', (name, value) => ({ op: 'append', name, value }))],
  // The vendor's library for PHP sends every array that is appended so, gaps and all.
  ['$union', eachOf('$union', (name, value) => ({ op: 'union', name, value: listOf(value) ?? value }))],
  ['$remove', eachOf('$remove', (name, value) => ({ op: 'remove', name, value }))],
  [
    '$unset',
    (value) => {
      const names = listOf(value) ?? (value === null ? [] : [value]);
      return names.every((name) => typeof name === 'string')
        ? names.map((name) => ({ op: 'unset', name }))
        : '$unset, must be an array of names';
    },
  ],
  // Its value is ignored: the browser sends the distinct_id, Node nothing.
  ['$delete', () => [{ op: 'clear' }]],
]);

/** Only people have these. */
const notOfGroups: ReadonlySet<string> = new Set(['$add', '$append']);

/**
 * One update of `/engage` or `/groups`. `time`, ms: when it counts as said; updates have no clock of their own, so the
 * caller spaces those of one request in the order received.
 */
export function readUpdate(
  record: Sent,
  of: 'people' | 'groups',
  time: number,
  host: Host,
  accessOf: (token: string) => Access | undefined,
): Understood {
  if ('problem' in record) {
    const owner = accessOf(isObject(record.stub) ? (textOf(own(record.stub, '$token')) ?? '') : '');
    return faulty({ message: `update, ${record.message}` }, owner);
  }
  const update = record.value;
  if (!isObject(update)) return faulty({ message: 'update, must be an object' });
  const token = textOf(own(update, '$token')) ?? '';
  if (token === '') return faulty({ message: '$token, missing or empty' });
  const access = accessOf(token);
  if (access === undefined) return dropped('the token opens no project');
  const about = of === 'people' ? personOf(access.policy, update) : groupOf(access.policy, update);
  if (typeof about === 'string') return faulty({ message: about }, access);
  const changes = changesOf(update, of);
  if (typeof changes === 'string') return faulty({ message: changes }, access);
  // Ours, not the vendor's: an update that has a name has one effect, however often it is sent (G4).
  const sent = keptInsertId(own(update, '$insert_id') ?? nameOnPhones(update), access.project, host);
  const insertId = sent === undefined ? undefined : real(access.policy, sent);
  const statement: Statement = {
    project: access.project,
    command: { type: 'Describe', ids: about, changes },
    wire: 'mixpanel',
    trust: access.trust,
    time,
    ...(insertId === undefined ? {} : { insertId }),
  };
  return { item: { type: 'statement', statement } };
}

/**
 * What the SDKs for phones name an update by. They keep it until they hear an answer, and send it again if that is lost.
 * Both parts, for some make the first of 31 bits.
 */
function nameOnPhones(update: SentUpdate): Json | undefined {
  const metadata = objectOf(own(update, '$mp_metadata')) ?? {};
  const name = [idOf(own(metadata, '$mp_event_id')), idOf(own(metadata, '$mp_session_id'))];
  return name.every((part) => typeof part === 'string') ? name : undefined;
}

/** A profile is found by its `$distinct_id` alone: updates link nobody. */
function personOf(policy: Policy, update: SentUpdate): readonly Identifier[] | string {
  const ids = idsOf(policy, textOf(own(update, '$distinct_id')) ?? '');
  return ids.length > 0 ? ids : unnamed('$distinct_id', update);
}

/** Why a member names nobody: nothing there, or what can be no id. */
const unnamed = (name: string, update: SentUpdate): string =>
  idOf(own(update, name)) === null ? `${name}, must be text or a whole number` : `${name}, missing or empty`;

/** A group is an identifier of a kind of its own, `group.<key>`; no event ever names one, so a group joins nobody. */
function groupOf(policy: Policy, update: SentUpdate): readonly Identifier[] | string {
  const key = textOf(own(update, '$group_key')) ?? '';
  const value = textOf(own(update, '$group_id')) ?? '';
  if (key === '') return '$group_key, missing or empty';
  if (!/^[a-z0-9_.$-]{1,58}$/i.test(key)) return '$group_key, must be 1 to 58 letters, digits, or _ . $ -';
  return isPlaceholder(value, policy.placeholders) ? unnamed('$group_id', update) : [{ kind: `group.${key}`, value }];
}

function changesOf(update: JsonObject, of: 'people' | 'groups'): readonly TraitChange[] | string {
  const changes: TraitChange[] = [];
  let any = false;
  for (const [name, value] of Object.entries(update)) {
    const operation = operations.get(name);
    if (operation === undefined) continue;
    if (of === 'groups' && notOfGroups.has(name)) return `${name}, not for groups`;
    const made = operation(value);
    if (typeof made === 'string') return made;
    changes.push(...made);
    any = true;
  }
  return any ? changes : 'operation, missing';
}
