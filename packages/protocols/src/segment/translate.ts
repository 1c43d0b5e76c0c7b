import type { Command, Identifier, JsonObject, Statement, TraitChange } from '@selfsame/identity';
import { isObject, objectOf, own } from '../json/values.ts';
import type { Access } from '../protocol.ts';
import type { Message } from './wire.ts';

/** What a message means, in our words: one statement or more, the first of which carries the message's id. */
export function translate(message: Message, access: Access, isImport: boolean): readonly Statement[] {
  const { messageId, time, untimed, sentAt } = message;
  return commandsOf(message, access).map(
    (command, part): Statement => ({
      project: access.project,
      wire: 'segment',
      trust: access.trust,
      command,
      ...(time === undefined ? {} : { time }),
      ...(untimed === undefined ? {} : { untimed }),
      // What is imported was recorded elsewhere; when it was sent says nothing about that clock.
      ...(sentAt === undefined || isImport ? {} : { sentAt }),
      ...(messageId === undefined ? {} : { insertId: messageId }),
      ...(messageId === undefined || part === 0 ? {} : { repeat: { key: `${messageId} ${part}`, keep: 'first' } }),
    }),
  );
}

function commandsOf(message: Message, access: Access): readonly Command[] {
  const { call, userId, anonymousId } = message;
  const ids: readonly Identifier[] = [
    ...(userId === undefined ? [] : [{ kind: 'user', value: userId }]),
    ...(anonymousId === undefined ? [] : [{ kind: 'device', value: anonymousId }]),
  ];
  const said = objectOf(own(message.context, 'traits')) ?? {};
  const describe = (traits: JsonObject): readonly Command[] => {
    const changes = changesOf(traits);
    return changes.length === 0 ? [] : [{ type: 'Describe', ids, changes }];
  };
  switch (call) {
    case 'identify': {
      const described = describe({ ...said, ...message.traits });
      return described.length > 0 ? described : [{ type: 'Identify', ids }];
    }
    case 'track':
    case 'page':
    case 'screen':
      return [
        { type: 'Track', ids, name: message.event ?? call, properties: propertiesOf(message) },
        ...describe(said),
      ];
    case 'group': {
      const groupId = message.groupId as string;
      const changes = changesOf(message.traits);
      return [
        { type: 'Track', ids, name: '$group', properties: { groupId }, hidden: true },
        // A group is not a person: its id stands in no item beside a person's.
        ...(changes.length === 0
          ? []
          : [{ type: 'Describe', ids: [{ kind: 'group.id', value: groupId }], changes } as const]),
        ...describe(said),
      ];
    }
    case 'alias':
      return aliasOf(message, access);
  }
}

/**
 * "Who was `previousId` is `userId`." Segment does not say whether the earlier id was anonymous, and what we know of it
 * would hang on what came first. So a backend says both: the device of that name was theirs, and the user of that name
 * is the same person. From a page only the device counts, for joining two people takes trust (S11).
 */
function aliasOf({ userId, anonymousId, previousId = '' }: Message, access: Access): readonly Command[] {
  const device = { kind: 'device', value: previousId };
  // Two anonymous ids: of a mail and a browser, of two domains.
  if (userId === undefined && anonymousId === previousId) return [{ type: 'Identify', ids: [device] }];
  if (userId === undefined)
    return [{ type: 'Merge', one: { kind: 'device', value: anonymousId ?? '' }, other: device }];
  const user = { kind: 'user', value: userId };
  // analytics.js says so of a user who is identified already, whatever alias it is given.
  if (previousId === userId) return [{ type: 'Identify', ids: [user] }];
  const was: Command = { type: 'Identify', ids: [user, device] };
  return access.trust === 0 ? [was] : [was, { type: 'Merge', one: user, other: { kind: 'user', value: previousId } }];
}

/** Null takes a trait away. */
const changesOf = (traits: JsonObject): readonly TraitChange[] =>
  Object.entries(traits).map(([name, value]) => (value === null ? { op: 'unset', name } : { op: 'set', name, value }));

const campaign = {
  name: 'utm_campaign',
  source: 'utm_source',
  medium: 'utm_medium',
  term: 'utm_term',
  content: 'utm_content',
};

/** Properties as sent, with the campaign under the names that attribution asks for, and the context without addresses and traits. */
function propertiesOf({ call, name, category, properties, context }: Message): JsonObject {
  const { ip: _ip, traits: _traits, ...rest } = context;
  const from = own(context, 'campaign');
  const utm = isObject(from)
    ? Object.entries(campaign).flatMap(([theirs, ours]) => {
        const value = own(from, theirs);
        return value === undefined || value === null ? [] : [[ours, value] as const];
      })
    : [];
  const isView = call === 'page' || call === 'screen';
  return {
    ...Object.fromEntries(utm),
    ...(isView && name ? { name } : {}),
    ...(isView && category ? { category } : {}),
    ...(Object.keys(rest).length === 0 ? {} : { context: rest }),
    ...properties,
  };
}
