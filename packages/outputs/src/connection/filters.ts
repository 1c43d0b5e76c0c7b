import type { Identifier, Json } from '@selfsame/identity';
import type { EventMessage, Message, PersonMessage, PersonRef } from '../message.ts';
import type { Kept } from './kept.ts';
import { without } from './settings.ts';

/** What a connection never lets through, by name: events, their properties, traits with segments, kinds of identifiers. */
export interface Filters {
  readonly events?: readonly string[];
  readonly properties?: readonly string[];
  readonly traits?: readonly string[];
  readonly segments?: readonly string[];
  /** Kinds: `email`, `phone` … Their values are taken out of properties and traits as well. */
  readonly identities?: readonly string[];
}

/** A message without what is filtered, or which filter kept it. */
export function applyFilters(filters: Filters, message: Message): Message | Kept {
  const { events = [], properties = [], identities = [] } = filters;
  if (message.kind === 'event' && events.includes(message.event.name)) return keptBy('events');
  if (message.kind === 'moved' && identities.includes(message.anchor.kind)) return keptBy('identities');
  if (message.kind === 'met' && identities.includes(message.identifier.kind)) return keptBy('identities');
  const bare = message.kind === 'event' && properties.length > 0 ? without(message, properties) : message;
  const described = bare.kind === 'person' ? applyToTraits(filters, bare) : bare;
  return 'kept' in described || identities.length === 0 ? described : withoutKinds(new Set(identities), described);
}

const keptBy = (filter: keyof Filters): Kept => ({
  kept: `the connection’s filter ${filter} names it`,
  step: 'filters',
});

function applyToTraits({ traits = [], segments = [] }: Filters, message: PersonMessage): PersonMessage | Kept {
  const isWanted = (name: string) => !traits.includes(name);
  const isShown = (name: string) => !segments.includes(name);
  const { set, unset } = message.traits;
  const left: PersonMessage = {
    ...message,
    traits: { set: only(set, isWanted), unset: unset.filter(isWanted) },
    all: only(message.all, isWanted),
    segments: {
      entered: message.segments.entered.filter(isShown),
      left: message.segments.left.filter(isShown),
    },
  };
  const count =
    Object.keys(left.traits.set).length +
    left.traits.unset.length +
    left.segments.entered.length +
    left.segments.left.length;
  return count === 0 ? keptBy(traits.length > 0 ? 'traits' : 'segments') : left;
}

const only = (traits: Readonly<Record<string, Json>>, isWanted: (name: string) => boolean) =>
  Object.fromEntries(Object.entries(traits).filter(([name]) => isWanted(name)));

/** Names under which mParticle's batches repeat who somebody is. */
const repeated: ReadonlyMap<string, string> = new Map([['device', 'mp_deviceid']]);

/** A message that says nothing of these kinds, nor repeats a value of theirs that it named. */
function withoutKinds(kinds: ReadonlySet<string>, message: Message): Message {
  const named = [
    ...(message.person?.identifiers ?? []),
    ...(message.kind === 'event' ? message.event.ids : []),
    ...(message.kind === 'moved' ? [...(message.from?.identifiers ?? []), ...(message.to?.identifiers ?? [])] : []),
  ];
  const values = new Set(named.filter((one) => kinds.has(one.kind)).map((one) => one.value));
  const who = <P extends PersonRef | null>(person: P): P =>
    person === null ? person : { ...person, identifiers: person.identifiers.filter(isShown) };
  const isShown = ({ kind }: Identifier) => !kinds.has(kind);
  const { person } = message;
  switch (message.kind) {
    case 'event': {
      const { event } = message;
      const shown: EventMessage = {
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
