import type { Command, Instant, JsonObject, Statement } from '@selfsame/identity';
import { own } from '../json/values.ts';
import type { Access } from '../protocol.ts';
import { identityCommand, isIdentityEvent } from './identity-events.ts';
import { namedBy, real } from './ids.ts';
import { dropped, type Understood } from './understood.ts';
import type { SentEvent } from './wire.ts';

/** What an event came with, once its route has checked it. */
export interface Circumstances {
  readonly access: Access;
  readonly route: 'track' | 'import';
  readonly when: Pick<Statement, 'time' | 'untimed'>;
  readonly insertId: string | undefined;
}

/** The statement a checked event makes. */
export function understand({ name, properties }: SentEvent, circumstances: Circumstances): Understood {
  const { access, route, when } = circumstances;
  if (isIgnored(properties)) return dropped('the sender asked to ignore it', access);
  const { ids, distinctId, device } = namedBy(access.policy, properties);
  const identity = isIdentityEvent(name) ? identityCommand(access.policy, route, name, properties) : undefined;
  const command: Command =
    identity === undefined
      ? { type: 'Track', ids, name, properties: stored(properties), ...(device === undefined ? {} : { device }) }
      : identity === 'none'
        ? { type: 'Track', ids: [], name, properties: stored(properties), hidden: true }
        : identity.type === 'Join'
          ? { ...identity, event: { name, properties: stored(properties) } }
          : identity;
  // A blocklisted insert id is data and makes nothing a duplicate.
  const insertId = circumstances.insertId === undefined ? undefined : real(access.policy, circumstances.insertId);
  const statement: Statement = {
    project: access.project,
    command,
    wire: 'mixpanel',
    trust: access.trust,
    ...when,
    ...(insertId === undefined
      ? {}
      : { insertId, repeat: { key: repeatKey(name, distinctId, when.time, insertId), keep: 'latest' } }),
  };
  return { item: { type: 'statement', statement } };
}

/** `$ignore` with anything but an empty string or false drops the event. */
function isIgnored(properties: JsonObject): boolean {
  const ignore = own(properties, '$ignore');
  return ignore !== undefined && ignore !== '' && ignore !== false;
}

/** What is kept of an event: all but its key and the address of its sender. */
function stored({ token: _token, ip: _ip, ...kept }: JsonObject): JsonObject {
  return kept as JsonObject;
}

/** The four things that make two events the same; the distinct_id as it is stored, the time in ms as it was sent. */
const repeatKey = (name: string, distinctId: string, time: Instant | undefined, insertId: string): string =>
  `${insertId} ${time ?? ''} ${distinctId.length} ${distinctId}${name}`;
