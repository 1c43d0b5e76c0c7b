import { type Identifier, type Json, type JsonObject, keyOf, personAt } from '@selfsame/identity';
import { readForm } from '../form.ts';
import { parseIsoTime } from '../iso-time.ts';
import type { Access, Host, WireRequest } from '../protocol.ts';
import { traitsOf } from './client-traits.ts';
import type { standardNames } from './trait-names.ts';
import { stateOf } from './visitor.ts';

/** The version the standard property `Version` tells. */
const VERSION = '1';

/**
 * The properties of an event that the platform saw, later ones winning: the client's traits, the data of the event, the
 * standard properties (sheet §5). Traits never stand in for a standard property, also where we have no value for it.
 * `request` is the visitor's own; without one the visitor's address is not known.
 */
export function eventProperties(
  data: JsonObject,
  ids: readonly Identifier[],
  access: Access,
  host: Host,
  request?: WireRequest,
): JsonObject {
  const people = ids.flatMap((id) => whoseTraits(id, access, host));
  const traits = people.flatMap((id) => [...traitsOf(id, access, host)]);
  return { ...Object.fromEntries(traits), ...data, ...standardProperties(data, people, access, host, request) };
}

/** A browser that somebody was logged in on stands for that user as well, whose word counts for more (sheet §3). */
function whoseTraits(id: Identifier, access: Access, host: Host): readonly Identifier[] {
  if (id.kind !== 'visitor') return [id];
  const state = stateOf(id, access, host);
  return state.type === 'stranger' ? [id] : [id, state.user];
}

type StandardProperties = Partial<Record<(typeof standardNames)[number], Json>>;

function standardProperties(
  data: JsonObject,
  ids: readonly Identifier[],
  access: Access,
  host: Host,
  request: WireRequest | undefined,
): JsonObject {
  const user = ids.find((id) => id.kind === 'user');
  const person = user && personAt(host.graph(access.project), access.policy, keyOf(user), Number.POSITIVE_INFINITY);
  const profile = (name: string): Json | undefined => person?.traits.get(name);
  const page = pageOf(data, request);
  const known: StandardProperties = {
    Version: VERSION,
    Client: access.name,
    'User status': user === undefined ? 'visitor' : 'connected',
  };
  const add = (name: keyof StandardProperties, value: Json | undefined) => {
    if (value !== undefined && value !== null && value !== '') known[name] = value;
  };
  add('SPiD ID', user?.value);
  add('ip', request?.ip);
  add('User agent', request?.headers['user-agent']);
  add('Age', ageOf(profile('Birthday'), host.now));
  add('Gender', profile('Gender'));
  add('Registered', profile('Registered'));
  add('Tracking ref', page?.get('tracking_ref'));
  add('Tracking tag', page?.get('tag'));
  return known as JsonObject;
}

/** The query of the page the event came from: its address in the data, else the page that asked. */
function pageOf(data: JsonObject, request: WireRequest | undefined): ReadonlyMap<string, string> | undefined {
  const given = data['url'] ?? request?.query.get('redirect_uri')?.[0] ?? request?.headers['referer'];
  if (typeof given !== 'string' || !given.includes('?')) return undefined;
  return readForm(given.slice(given.indexOf('?') + 1).split('#')[0] as string);
}

/** Whole years from a `YYYY-MM-DD` birthday to a moment, ms; undefined when it is no date. */
function ageOf(birthday: Json | undefined, now: number): number | undefined {
  if (typeof birthday !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(birthday)) return undefined;
  const born = parseIsoTime(birthday);
  if (born === undefined || born > now || birthday.startsWith('0000')) return undefined;
  const year = Number(birthday.slice(0, 4));
  // Born on a leap day: the birthday of other years is the first of March.
  const birthdayIn = (one: number) =>
    parseIsoTime(`${one}${birthday.slice(4)}`) ?? (parseIsoTime(`${one}-03-01`) as number);
  let age = Math.floor((now - born) / (365 * 86_400_000));
  while (birthdayIn(year + age) > now) age -= 1;
  return age;
}
