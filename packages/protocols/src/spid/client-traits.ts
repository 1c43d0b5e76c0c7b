import {
  type Graph,
  type Identifier,
  type Json,
  type JsonObject,
  keyOf,
  personAt,
  type TraitChange,
} from '@selfsame/identity';
import type { Access } from '../protocol.ts';
import { isClientTrait, metadataNames } from './trait-names.ts';

/** A value a trait may have: text, finite number, boolean or list; an object or null refuses all. */
const isTraitValue = (value: Json): boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || Array.isArray(value);

/**
 * The changes a set of traits makes, or why none of it is taken: one bad value refuses the whole.
 * Metadata of a signer and names that are not the client's to set are left out.
 */
export function traitChanges(traits: JsonObject): readonly TraitChange[] | string {
  const pairs = Object.entries(traits).filter(([name]) => !metadataNames.has(name));
  if (pairs.length === 0) return 'there are no traits in it';
  if (!pairs.every(([, value]) => isTraitValue(value))) return 'a trait must be a string, number, boolean or list';
  return pairs.filter(([name]) => isClientTrait(name)).map(([name, value]) => ({ op: 'set', name, value }));
}

/** The traits this client has for the person who owns an identifier now; none for a stranger. */
export function traitsOf(id: Identifier, access: Access, graph: Graph): ReadonlyMap<string, Json> {
  const person = personAt(graph, access.policy, keyOf(id), Number.POSITIVE_INFINITY);
  return new Map([...(person?.traits ?? [])].filter(([name]) => isClientTrait(name)));
}
