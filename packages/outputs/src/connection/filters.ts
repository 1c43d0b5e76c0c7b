import type { Json } from '@selfsame/identity';
import type { Message, PersonMessage, Profile } from '../message.ts';
import { withoutKinds } from './identity-filter.ts';
import type { Kept } from './kept.ts';
import { without } from './properties.ts';

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
  const shown = withProfile(bare, (profile) => ({ ...profile, traits: applyToNames(filters.traits, profile.traits) }));
  const described = shown.kind === 'person' ? applyToTraits(filters, shown) : shown;
  return 'kept' in described || identities.length === 0 ? described : withoutKinds(new Set(identities), described);
}

/** A message with its profile as it may be shown, where it has one. */
const withProfile = <M extends Message>(message: M, shown: (profile: Profile) => Profile): M =>
  message.profile === undefined ? message : { ...message, profile: shown(message.profile) };

const applyToNames = (names: readonly string[] = [], traits: Profile['traits']): Profile['traits'] =>
  names.length === 0 ? traits : only(traits, (name) => !names.includes(name));

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
    left.segments.left.length +
    (left.purposes?.length ?? 0);
  return count === 0 ? keptBy(traits.length > 0 ? 'traits' : 'segments') : left;
}

const only = (traits: Readonly<Record<string, Json>>, isWanted: (name: string) => boolean) =>
  Object.fromEntries(Object.entries(traits).filter(([name]) => isWanted(name)));
