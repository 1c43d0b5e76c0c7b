import {
  type Command,
  type Graph,
  type Identifier,
  type Instant,
  type Json,
  type JsonObject,
  keyOf,
  personAt,
  type Statement,
  type Track,
} from '@selfsame/identity';
import { readForm } from '../form.ts';
import type { Access, Item, WireRequest } from '../protocol.ts';
import { parseIsoTime } from '../time/text.ts';
import { traitsOf } from './client-traits.ts';
import { isBirthday } from './profile.ts';
import { standardNames } from './trait-names.ts';
import { userOf } from './visitor.ts';

/** The version of this interface, which the standard property `Version` tells. */
const VERSION = '1';
/** The release of the software behind it, `Revision`; a test keeps it the package's own. */
export const REVISION = '0.1.0';

/** Who was who when an event happened, and the server's clock then, ms. */
export interface Then {
  readonly graph: Graph;
  readonly now: Instant;
}

/** What is known of the page an event came from. */
interface Seen {
  /** The visitor's own request; without one the visitor's address is not known. */
  readonly request?: WireRequest;
  /** The page's address; without one it is the page that asked. */
  readonly url?: Json | undefined;
}

/**
 * The properties of an event that the platform saw, later ones winning: the client's traits, the data of the event, the
 * standard properties. Traits never stand in for a standard property, also where we have no value for it.
 */
export function eventProperties(
  data: JsonObject,
  ids: readonly Identifier[],
  access: Access,
  { graph, now }: Then,
  seen: Seen = {},
): JsonObject {
  const people = ids.flatMap((id) => whoseTraits(id, access, graph));
  const traits = people.flatMap((id) => [...traitsOf(id, access, graph)]);
  return { ...Object.fromEntries(traits), ...data, ...standardProperties(people, access, { graph, now }, seen) };
}

/** A statement that says at its place in the log what is then to be said, where who is who is known; undefined: nothing. */
export const atItsPlace = (statement: Statement, then: (graph: Graph) => Command | undefined): Item => ({
  type: 'statement',
  statement,
  complete(graph) {
    const command = then(graph);
    return command && { ...statement, command };
  },
});

/** An event that gets its properties at its place in the log, where what is known of its people is known. */
export const withProperties = (
  said: Omit<Statement, 'command'>,
  event: Track,
  properties: (graph: Graph) => JsonObject,
): Item => atItsPlace({ ...said, command: event }, (graph) => ({ ...event, properties: properties(graph) }));

/** A browser that somebody was logged in on stands for that user as well, whose word counts for more. */
function whoseTraits(id: Identifier, access: Access, graph: Graph): readonly Identifier[] {
  if (id.kind !== 'visitor') return [id];
  const user = userOf(id, access, graph);
  return user === undefined ? [id] : [id, user];
}

/** Those that have a value, in the vendor's order. */
function standardProperties(
  ids: readonly Identifier[],
  access: Access,
  { graph, now }: Then,
  { request, url }: Seen,
): JsonObject {
  const user = ids.find((id) => id.kind === 'user');
  const person = user && personAt(graph, access.policy, keyOf(user), Number.POSITIVE_INFINITY);
  const profile = (name: string): Json | undefined => person?.traits.get(name);
  const page = queryOf(url ?? request?.query.get('redirect_uri')?.[0] ?? request?.headers['referer']);
  const known: Partial<Record<(typeof standardNames)[number], Json | undefined>> = {
    Version: VERSION,
    Revision: REVISION,
    'SPiD ID': user?.value,
    Client: access.name,
    ip: request?.ip,
    'User agent': request?.headers['user-agent'],
    Age: ageOf(profile('Birthday'), now),
    Gender: profile('Gender'),
    'User status': user === undefined ? 'visitor' : 'connected',
    Registered: profile('Registered'),
    'Tracking ref': page?.get('tracking_ref'),
    'Tracking tag': page?.get('tag'),
  };
  return Object.fromEntries(
    standardNames.flatMap((name): [string, Json][] => {
      const value = known[name];
      return value === undefined || value === null || value === '' ? [] : [[name, value]];
    }),
  );
}

/** The query of a page's address. */
function queryOf(url: Json | undefined): ReadonlyMap<string, string> | undefined {
  if (typeof url !== 'string' || !url.includes('?')) return undefined;
  return readForm(url.slice(url.indexOf('?') + 1).split('#')[0] as string);
}

/** Whole years from a `YYYY-MM-DD` birthday to a moment, ms; undefined when it is no date. */
function ageOf(birthday: Json | undefined, now: number): number | undefined {
  if (!isBirthday(birthday)) return undefined;
  const born = parseIsoTime(birthday) as number;
  if (born > now) return undefined;
  const year = Number(birthday.slice(0, 4));
  // Born on a leap day: the birthday of other years is the first of March.
  const birthdayIn = (one: number) =>
    parseIsoTime(`${one}${birthday.slice(4)}`) ?? (parseIsoTime(`${one}-03-01`) as number);
  let age = Math.floor((now - born) / (365 * 86_400_000));
  while (birthdayIn(year + age) > now) age -= 1;
  return age;
}
