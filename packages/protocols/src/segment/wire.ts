import {
  type Instant,
  isPlaceholder,
  type Json,
  type JsonObject,
  type Policy,
  whyNotIdentifier,
} from '@selfsame/identity';
import { idOf, isObject, objectOf, own } from '../json/values.ts';
import { keptInsertId } from '../made-id.ts';
import type { Access, Host } from '../protocol.ts';
import { whenOf } from '../time/read.ts';

/** The calls of the tracking API. */
export type Call = 'identify' | 'track' | 'page' | 'screen' | 'group' | 'alias';

const calls: ReadonlySet<string> = new Set<Call>(['identify', 'track', 'page', 'screen', 'group', 'alias']);
export const isCall = (name: unknown): name is Call => typeof name === 'string' && calls.has(name);

/** A message as Segment's libraries send it, checked. Absent, null and empty mean the same for an id. */
export interface Message {
  readonly call: Call;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly previousId?: string;
  readonly groupId?: string;
  readonly event?: string;
  readonly name?: string;
  readonly category?: string;
  readonly properties: JsonObject;
  readonly traits: JsonObject;
  readonly context: JsonObject;
  readonly messageId?: string;
  /** When it happened by the sender's clock, ms. */
  readonly time?: Instant;
  /** Why it says none that can be read. */
  readonly untimed?: 'unreadable' | 'unfilled' | 'ahead';
  /** When it was sent by the same clock, ms; absent when there is nothing to correct. */
  readonly sentAt?: Instant;
}

const idNames = ['userId', 'anonymousId', 'previousId', 'groupId'] as const;
type IdName = (typeof idNames)[number];

/** What a batch says for all of its messages. */
export interface Shared {
  readonly sentAt?: Json | undefined;
  readonly context?: Json | undefined;
}

/** One message, or the field that is wrong. Names fields, never values (S40). */
export function readMessage(
  call: Call,
  message: Json,
  { project, policy }: Access,
  host: Host,
  shared: Shared = {},
): Message | { readonly problem: string } {
  if (!isObject(message)) return { problem: 'a message must be an object' };
  const ids: Partial<Record<IdName, string>> = {};
  for (const name of idNames) {
    const id = idOf(own(message, name));
    if (id === null) return { problem: `${name} must be a string` };
    if (id !== undefined) ids[name] = id;
  }
  const texts: Partial<Record<'event' | 'name' | 'category', string>> = {};
  for (const name of ['event', 'name', 'category'] as const) {
    const value = idOf(own(message, name));
    if (typeof value === 'string') texts[name] = value;
  }
  const parts = { properties: {}, traits: {}, context: {} };
  for (const name of ['properties', 'traits', 'context'] as const) {
    const value = objectOf(own(message, name));
    if (value === undefined) return { problem: `${name} must be an object` };
    parts[name] = value;
  }
  if (isObject(shared.context)) parts.context = { ...shared.context, ...parts.context };

  if (ids.userId === undefined && ids.anonymousId === undefined)
    return { problem: 'userId or anonymousId is required' };
  const problem = whyNotAbout(call, ids, policy);
  if (problem !== undefined) return { problem };
  if (call === 'track' && !texts.event) return { problem: 'event is required' };

  const messageId = keptInsertId(own(message, 'messageId'), project, host);
  const times = readTimes(message, shared.sentAt);
  return { call, ...ids, ...texts, ...parts, ...times, ...(messageId === undefined ? {} : { messageId }) };
}

/**
 * Why an alias or a group has not both whom it speaks of. Asked before anything of it is taken, since it is several
 * statements: half of it would be kept, and the answer say that it was refused.
 */
function whyNotAbout(call: Call, ids: Pick<Message, IdName>, policy: Policy): string | undefined {
  const wanted: readonly IdName[] =
    call === 'group'
      ? ['groupId']
      : call === 'alias'
        ? ['previousId', ids.userId === undefined ? 'anonymousId' : 'userId']
        : [];
  for (const name of wanted) {
    const value = ids[name];
    if (value === undefined) return `${name} is required`;
    if (isPlaceholder(value, policy.placeholders)) return `${name} names nobody`;
    const problem = whyNotIdentifier({ kind: 'device', value });
    if (problem !== undefined) return `${name}: ${problem}`;
  }
  return undefined;
}

/**
 * Libraries send `timestamp` by the device's clock, and `sentAt` to correct that clock by. A message that also has an
 * `originalTimestamp` went through Segment, which has moved its correction into `timestamp`. Where one cannot be read,
 * the other counts, and without any the message is kept all the same ([T1]).
 */
function readTimes(message: JsonObject, sharedSentAt: Json | undefined): Pick<Message, 'time' | 'untimed' | 'sentAt'> {
  const timestamp = whenOf(own(message, 'timestamp'));
  const original = whenOf(own(message, 'originalTimestamp'));
  const sentAt = whenOf(own(message, 'sentAt')).time ?? whenOf(sharedSentAt).time;
  if (timestamp.time !== undefined && original.time !== undefined) return timestamp;
  const when = timestamp.time === undefined && original.time !== undefined ? original : timestamp;
  return {
    ...('time' in when || 'untimed' in when ? when : original),
    ...(sentAt === undefined ? {} : { sentAt }),
  };
}
