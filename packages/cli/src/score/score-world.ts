import { canonical, type Policy, presets, type Statement, withContacts } from '@selfsame/identity';
import type { Told, World } from '../simulate/worlds/world.ts';
import { type Arrived, attribute, isLogin, nameOf } from './attribute.ts';
import { knowableGroups } from './knowable.ts';
import { measure, type Quality } from './measure.ts';
import { readNative } from './read-native.ts';
import type { Given, Seen } from './seen.ts';

/** What was said, ready to be judged under any policy. */
export interface Judged {
  readonly arrived: readonly Arrived[];
  /** The truth of each event, in order; undefined for what is no event or whose truth nobody told. */
  readonly seen: readonly (Seen | undefined)[];
  readonly knowable: readonly string[];
}

/** The default's roles: what a login is does not hang on the policy that is judged. */
const standard = presets['selfsame'] as Policy;

/** Prepares statements and the human each was about (undefined: nobody knows). */
export function judge(arrived: readonly Arrived[], humans: readonly (string | undefined)[]): Judged {
  const namings = arrived.map(({ statement }, i) => ({ human: humans[i] ?? `unknown ${i}`, ids: idsOf(statement) }));
  return {
    arrived,
    seen: arrived.map((one, i) => seenOf(one, humans[i])),
    knowable: knowableGroups(namings),
  };
}

/** Judges one policy. */
export function scoreOf({ arrived, seen, knowable }: Judged, policy: Policy): Quality {
  return compare({ seen, knowable }, attribute(arrived, policy));
}

/** What nobody can better: an oracle who joins all that the identifiers allow, and nothing else. */
export function ceilingOf({ seen, knowable }: Judged): Quality {
  const known = new Map<string, string>();
  for (const [i, one] of seen.entries())
    if (one?.login !== undefined && !known.has(knowable[i] as string)) known.set(knowable[i] as string, one.login);
  const given = seen.map((_, i): Given => ({ person: knowable[i] as string, login: known.get(knowable[i] as string) }));
  return compare({ seen, knowable }, given);
}

function compare(
  { seen, knowable }: Pick<Judged, 'seen' | 'knowable'>,
  given: readonly (Given | undefined)[],
): Quality {
  const places = seen.flatMap((one, i) => (one === undefined || given[i] === undefined ? [] : [i]));
  return measure(
    places.map((i) => seen[i] as Seen),
    places.map((i) => given[i] as Given),
    places.map((i) => knowable[i] as string),
  );
}

function idsOf({ command }: Statement): readonly string[] {
  const ids = command.type === 'Merge' ? [command.one, command.other] : 'ids' in command ? command.ids : [];
  return withContacts(standard, ids, command).map((id) => nameOf(canonical(id)));
}

function seenOf({ statement, at }: Arrived, human: string | undefined): Seen | undefined {
  const { command, time = at } = statement;
  if (command.type !== 'Track' || command.hidden === true || human === undefined) return undefined;
  const login = command.ids.find((id) => isLogin(standard, id));
  const { utm_campaign: campaign, revenue } = command.properties;
  return {
    human,
    time,
    login: login && nameOf(login),
    campaign: typeof campaign === 'string' ? campaign : undefined,
    revenue: typeof revenue === 'number' ? revenue : 0,
  };
}

/** A simulated world, read by our own wire as pages and the backend would have sent it. */
export function judgeWorld({ told }: World): Judged {
  const statements = readNative(told.map(({ item, trusted }) => ({ item, trust: trusted ? 2 : 0 })));
  return judge(
    statements.map((statement, i) => ({ statement, at: (told[i] as Told).arrives })),
    told.map(({ human }) => String(human)),
  );
}
