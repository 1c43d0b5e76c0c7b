import type { Json } from '@selfsame/identity';
import { idOf, own } from '../json/values.ts';
import { keptInsertId } from '../made-id.ts';
import type { Access, Host } from '../protocol.ts';
import { isNoTime, isUnfilled, readTime, whenOf } from '../time/read.ts';
import { understand } from './events.ts';
import { identityCommand, isIdentityEvent } from './identity-events.ts';
import { inexactId, namedBy, noId, real, textOf } from './ids.ts';
import type { Sent } from './payload.ts';
import { strictShapeFault } from './strict-shape.ts';
import { IMPORT_AHEAD, IMPORT_SINCE } from './times.ts';
import { type Fault, faulty, type Understood } from './understood.ts';
import { eventOf, insertIdOf, type SentEvent } from './wire.ts';

/** One event of `/import`: history, from whoever `access` speaks for. `strict` also asks for what makes it exact. */
export function readImported(record: Sent, host: Host, access: Access, strict: boolean): Understood {
  if ('problem' in record) {
    const insertId = record.stub === undefined ? undefined : sentInsertId(eventOf({ value: record.stub }));
    return faulty({ field: '', message: record.message, ...insertId }, access);
  }
  const event = eventOf(record);
  const insertId = sentInsertId(event);
  const fault = event === undefined ? eventMissing : faultOf(event, host, access, strict);
  if (event === undefined || fault !== undefined) return faulty({ ...(fault ?? eventMissing), ...insertId }, access);
  return understand(event, {
    access,
    route: 'import',
    when: whenOf(own(event.properties, 'time'), 's'),
    insertId: keptInsertId(own(event.properties, '$insert_id'), access.project, host),
  });
}

/** An insert id as it was sent, whether or not it can be one: the sender knows the record by it. */
function sentInsertId(event: SentEvent | undefined): Pick<Fault, 'insertId'> {
  const insertId = event === undefined ? undefined : textOf(own(event.properties, '$insert_id'));
  return insertId === undefined ? {} : { insertId };
}

const eventMissing: Fault = { field: 'event', message: "'event' must not be missing or blank" };

function faultOf({ name, properties }: SentEvent, host: Host, access: Access, strict: boolean): Fault | undefined {
  if (name.trim() === '') return eventMissing;
  if (isIdentityEvent(name) && access.policy.mixpanel === 'simplified')
    return {
      message: 'identity events are not allowed when project is using simplified identity management',
      bare: true,
    };
  // An edit of identity is no event that happened at a time: the vendor's reference prints its ids and nothing else.
  const exact = strict && !isIdentityEvent(name);
  return (
    timeFault(own(properties, 'time'), host, exact) ??
    insertIdFault(properties, access, exact) ??
    (strict
      ? (noIdFault(noId(properties)) ??
        distinctIdFault(name, properties, access) ??
        editFault(name, properties, access) ??
        strictShapeFault(properties))
      : noIdFault(isIdentityEvent(name) ? undefined : inexactId(access.policy, properties)))
  );
}

/** What can be no id is treated as absent ([A3]), unless nothing else names anybody; whoever asks to be told is. */
function noIdFault(name: string | undefined): Fault | undefined {
  if (name === undefined) return undefined;
  const field = `properties.${name}`;
  return { field, message: `'${field}' is invalid: must be text or a whole number` };
}

/** An edit of anything but two ids would be kept and do nothing. */
function editFault(name: string, properties: SentEvent['properties'], { policy }: Access): Fault | undefined {
  if (!isIdentityEvent(name) || identityCommand(policy, 'import', name, properties) !== 'none') return undefined;
  const field = `properties.${name === '$merge' ? '$distinct_ids' : name === '$identify' ? '$anon_id' : 'alias'}`;
  const needed = name === '$merge' ? 'two ids' : 'an id beside another';
  return { field, message: `'${field}' is invalid: must be ${needed}, and none of them a placeholder` };
}

/** From 1971 to an hour from now. Only strict asks for a time; without one an event happened when it arrived. */
function timeFault(sent: Json | undefined, host: Host, strict: boolean): Fault | undefined {
  const fault = (what: string): Fault => ({
    field: 'properties.time',
    message: `'properties.time' is invalid: ${what}`,
  });
  if (isNoTime(sent)) return strict ? fault('must not be missing') : undefined;
  const time = readTime(sent, 's');
  if (time === undefined) return strict ? fault('must be specified as seconds since epoch') : undefined;
  if (isUnfilled(time) && !strict) return undefined;
  if (time < IMPORT_SINCE) return fault('must be specified as seconds since epoch');
  return time > host.now + IMPORT_AHEAD ? fault('must not be in the future') : undefined;
}

function insertIdFault(properties: SentEvent['properties'], access: Access, strict: boolean): Fault | undefined {
  const fault = (what: string): Fault => ({ field: '$insert_id', message: `'$insert_id' is invalid: ${what}` });
  const insertId = insertIdOf(properties);
  // One that the vendor would not take is kept as it is, or replaced by one made of it.
  if (!strict) return undefined;
  const sent = textOf(own(properties, '$insert_id'));
  if (insertId === undefined)
    return sent === undefined || sent === '' ? fault('must not be missing') : fault('must not be a placeholder');
  if (insertId === null)
    return (sent ?? '').length > 36
      ? fault('must not be longer than 36 characters')
      : fault("must only contain alphanumeric or hyphen '-' characters");
  return real(access.policy, insertId) === undefined ? fault('must not be a placeholder') : undefined;
}

/** The original merge asks for a distinct_id, the simplified one works without; neither takes a blocklisted one. */
function distinctIdFault(name: string, properties: SentEvent['properties'], access: Access): Fault | undefined {
  const fault = (member: string, what: string): Fault => ({
    field: `properties.${member}`,
    message: `'properties.${member}' is invalid: ${what}`,
  });
  const sent = own(properties, 'distinct_id');
  const id = textOf(sent) ?? '';
  if (id !== '')
    return real(access.policy, id) === undefined ? fault('distinct_id', 'must not be a placeholder') : undefined;
  // `$merge` and `$identify` name their ids elsewhere.
  if (access.policy.mixpanel === 'original')
    return name !== '$merge' && name !== '$identify' && sent !== ''
      ? fault('distinct_id', 'must not be missing')
      : undefined;
  if (isIdentityEvent(name) || namedBy(access.policy, properties).ids.length > 0) return undefined;
  const nobody = (['$user_id', '$device_id'] as const).find((one) => typeof idOf(own(properties, one)) === 'string');
  return nobody === undefined ? undefined : fault(nobody, 'must not be a placeholder');
}
