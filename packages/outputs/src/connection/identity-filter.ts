import type { Identifier, Json } from '@selfsame/identity';
import type { EventMessage, Message, PersonMessage, PersonRef, Profile, RetractedMessage } from '../message.ts';
import { without } from './properties.ts';

/** Names under which mParticle's batches repeat who somebody is. */
const repeated: ReadonlyMap<string, string> = new Map([['device', 'mp_deviceid']]);

/** A message that says nothing of these kinds, nor repeats a value of theirs that it named. */
export function withoutKinds(kinds: ReadonlySet<string>, given: Message): Message {
  const named = [
    ...(given.person?.identifiers ?? []),
    ...(given.profile?.identities.map(({ id }) => id) ?? []),
    ...(given.kind === 'event' ? given.event.ids : []),
    ...(given.kind === 'moved' ? [...(given.from?.identifiers ?? []), ...(given.to?.identifiers ?? [])] : []),
  ];
  const values = new Set(named.filter((one) => kinds.has(one.kind)).map((one) => one.value));
  const who = <P extends PersonRef | null>(person: P): P =>
    person === null ? person : { ...person, identifiers: person.identifiers.filter(isShown) };
  const isShown = ({ kind }: Identifier) => !kinds.has(kind);
  const message: Message =
    given.profile === undefined
      ? given
      : {
          ...given,
          profile: {
            ...given.profile,
            traits: pruned(given.profile.traits, values) as Profile['traits'],
            purposes: pruned(given.profile.purposes, values) as Profile['purposes'],
            identities: given.profile.identities.filter(({ id }) => isShown(id)),
          },
        };
  const { person } = message;
  switch (message.kind) {
    case 'event':
    case 'retracted': {
      const { event } = message;
      const shown: EventMessage | RetractedMessage = {
        ...message,
        person: who(person),
        event: {
          ...event,
          anchor: event.anchor === null || isShown(event.anchor) ? event.anchor : null,
          ids: event.ids.filter(isShown),
          properties: pruned(event.properties, values) as EventMessage['event']['properties'],
        },
      };
      const repeats = [...kinds].flatMap((kind) => repeated.get(kind) ?? []);
      // A batch lists the identities of its user once more, under its own names.
      return event.wire === 'mparticle' ? without(shown, ['user_identities', ...repeats]) : shown;
    }
    case 'person': {
      const traits = { ...message.traits, set: pruned(message.traits.set, values) as PersonMessage['all'] };
      return {
        ...message,
        person: who(message.person),
        traits,
        all: pruned(message.all, values) as PersonMessage['all'],
        ...(message.purposes === undefined
          ? {}
          : {
              purposes: message.purposes.map(({ purpose, old, current }) => ({
                purpose,
                old: pruned(old, values),
                current: pruned(current, values),
              })),
            }),
      };
    }
    case 'moved':
      return { ...message, person: who(person), from: who(message.from), to: who(message.to) };
    case 'erased':
      return { ...message, person: who(message.person) };
    case 'met':
      return { ...message, stretches: message.stretches.map((one) => ({ ...one, person: who(one.person) })) };
  }
}

/** Without the values of these identifiers, wherever they stand; in lists and objects too. */
function pruned(json: Json | Readonly<Record<string, Json>>, values: ReadonlySet<string>): Json {
  if (Array.isArray(json))
    return (json as readonly Json[]).filter((one) => !names(one, values)).map((one) => pruned(one, values));
  if (typeof json !== 'object' || json === null) return json as Json;
  return Object.fromEntries(
    Object.entries(json)
      .filter(([, one]) => !names(one, values))
      .map(([name, one]) => [name, pruned(one, values)]),
  );
}

/** Also as Mixpanel spells a device, and however an e-mail was written. */
const names = (json: Json, values: ReadonlySet<string>): boolean =>
  typeof json === 'string' &&
  (values.has(json) || values.has(json.replace(/^\$device:/, '')) || values.has(json.trim().toLowerCase()));
