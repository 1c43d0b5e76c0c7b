import { type Instant, type Json, type JsonObject, whyNotIdentifier } from '@selfsame/identity';
import { asObject, idOf, isObject, listOf, own } from '../json/values.ts';
import { isNoTime, isUnfilled, readTime } from '../time/read.ts';
import { type Identities, readIdentities } from './identities.ts';

/** An activity as XO spells it, checked. Members it does not know are dropped, as the SDK lets them through. */
export interface Activity {
  readonly action: string;
  readonly target: Json;
  readonly user: User;
  /** Those of `metadata`, `segments`, `sourceId` and `opposite` that were sent, as sent. */
  readonly extras: JsonObject;
  /** When it happened, ms, if the activity says so. */
  readonly time?: Instant;
}

/** `segments` and `traits` replace what is stored, and may be missing. */
export interface User {
  readonly identities: Identities;
  readonly segments?: readonly string[];
  readonly traits?: JsonObject;
}

/** One activity, or the field that breaks the format. Names fields only, never a value (S40). */
export function readActivity(value: Json): Activity | { readonly problem: string } {
  if (!isObject(value)) return wrong('', 'must be an object');
  const action = own(value, 'action');
  if (typeof action !== 'string') return wrong('action', 'must be a string');
  const target = asObject(own(value, 'target'));
  if (target === undefined || !allStrings(Object.values(target)))
    return wrong('target', 'must be an object of strings');
  const user = readUser(own(value, 'user'));
  if ('problem' in user) return user;

  const given = present(value, 'metadata');
  const metadata = given === undefined ? undefined : (asObject(given) ?? 'none');
  if (metadata === 'none') return wrong('metadata', 'must be an object');
  const problem = metadata && whyNotMetadata(metadata);
  if (problem !== undefined) return problem;
  const segments = segmentsOf(value);
  if (segments === 'none') return wrong('segments', 'must be an array of strings');
  const sourceId = present(value, 'sourceId');
  if (sourceId !== undefined && typeof sourceId !== 'string') return wrong('sourceId', 'must be a string');
  const opposite = present(value, 'opposite');
  if (opposite !== undefined && typeof opposite !== 'boolean') return wrong('opposite', 'must be a boolean');
  const timestamp = present(value, 'timestamp');
  const time = readTime(timestamp);
  if (!isNoTime(timestamp) && (time === undefined || isUnfilled(time)))
    return wrong('timestamp', 'must be an ISO 8601 time');

  return {
    action,
    target,
    user,
    extras: {
      ...(metadata === undefined ? {} : { metadata }),
      ...(segments === undefined ? {} : { segments }),
      ...(sourceId === undefined ? {} : { sourceId }),
      ...(opposite === undefined ? {} : { opposite }),
    },
    ...(time === undefined ? {} : { time }),
  };
}

function readUser(user: Json | undefined): User | { readonly problem: string } {
  if (!isObject(user)) return wrong('user', 'must be an object');
  const given = own(user, 'identities');
  if (!isObject(given)) return wrong('user.identities', 'must be an object of strings');
  const entries = Object.entries(given);
  if (entries.length === 0) return wrong('user.identities', 'must name at least a session');
  const values: [string, string][] = [];
  for (const [repository, value] of entries) {
    const id = idOf(value);
    if (id === null) return wrong('user.identities', 'must be an object of strings');
    if (id !== undefined) values.push([repository, id]);
  }
  if (values.length === 0) return wrong('user.identities', 'must name at least a session');
  const identities = readIdentities(values);
  if (identities.rivals.length > MOST_RIVALS)
    return wrong('user.identities', `must not give one repository more than ${MOST_RIVALS + 1} values`);
  for (const id of [...identities.ids, ...identities.rivals.flat()]) {
    const problem = whyNotIdentifier(id);
    if (problem !== undefined) return wrong('user.identities', problem);
  }
  const segments = segmentsOf(user);
  if (segments === 'none') return wrong('user.segments', 'must be an array of strings');
  const said = present(user, 'traits');
  const traits = asObject(said);
  if (said !== undefined && traits === undefined) return wrong('user.traits', 'must be an object');
  return { identities, ...(segments === undefined ? {} : { segments }), ...(traits === undefined ? {} : { traits }) };
}

/** Each is a question for the rules, and an entry of the log. */
const MOST_RIVALS = 3;

const typed: Readonly<Record<string, 'number' | 'string'>> = {
  price: 'number',
  quantity: 'number',
  currency: 'string',
  orderId: 'string',
  market: 'string',
};

function whyNotMetadata(metadata: JsonObject): { readonly problem: string } | undefined {
  for (const [name, value] of Object.entries(metadata)) {
    const wanted = Object.hasOwn(typed, name) ? typed[name] : undefined;
    if (wanted !== undefined && typeof value !== wanted) return wrong(`metadata.${name}`, `must be a ${wanted}`);
    if (value === null || isObject(value))
      return wrong('metadata', 'must hold strings, numbers, booleans and arrays only');
  }
  return undefined;
}

/** A member that was sent; null is none, as programs print it that have no value. */
const present = (object: JsonObject, name: string): Json | undefined => own(object, name) ?? undefined;

const wrong = (field: string, what: string): { readonly problem: string } => ({
  problem: field === '' ? what : `${field} ${what}`,
});

const allStrings = (values: readonly Json[]): values is readonly string[] =>
  values.every((value) => typeof value === 'string');

function segmentsOf(object: JsonObject): readonly string[] | undefined | 'none' {
  const sent = present(object, 'segments');
  if (sent === undefined) return undefined;
  const segments = listOf(sent);
  return segments !== undefined && allStrings(segments) ? segments : 'none';
}
