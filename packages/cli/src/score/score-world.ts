import type { Policy } from '@selfsame/identity';
import { accountsOf, compare, type Given, type Quality, type Truth, truthOf } from '@selfsame/server/quality';
import type { Told, World } from '../simulate/worlds/world.ts';
import { type Arrived, attribute } from './attribute.ts';
import { readNative } from './read-native.ts';

/** What was said, ready to be judged under any policy. */
export interface Judged extends Truth {
  readonly arrived: readonly Arrived[];
}

/** Prepares statements and the human each was about (undefined: nobody knows). */
export const judge = (arrived: readonly Arrived[], humans: readonly (string | undefined)[]): Judged => ({
  arrived,
  ...truthOf(arrived, humans),
});

/** Judges one policy. */
export function scoreOf(judged: Judged, policy: Policy): Quality {
  return compare(judged, attribute(judged.arrived, policy));
}

/**
 * What nobody can better: an oracle who takes the sender's word for whose login an event is of, joins all else that the
 * identifiers allow to whoever did it, and nothing more.
 */
export function ceilingOf({ seen, knowable }: Judged): Quality {
  const accounts = accountsOf(seen.filter((one) => one !== undefined));
  const groupOf = new Map<string, string>();
  const loginOf = new Map<string, string>();
  for (const [i, one] of seen.entries()) {
    if (one?.login === undefined || accounts.get(one.login) !== one.human) continue;
    groupOf.set(one.login, knowable[i] as string);
    loginOf.set(knowable[i] as string, one.login);
  }
  const given = seen.map((one, i): Given => {
    const person = (one?.login === undefined ? knowable[i] : groupOf.get(one.login)) as string;
    return { person, login: loginOf.get(person) };
  });
  return compare({ seen, knowable }, given);
}

/** A simulated world, read by our own wire as pages and the backend would have sent it. */
export function judgeWorld({ told }: World): Judged {
  const statements = readNative(told.map(({ item, trusted }) => ({ item, trust: trusted ? 2 : 0 })));
  return judge(
    statements.map((statement, i) => ({ statement, at: (told[i] as Told).arrives })),
    told.map(({ human }) => String(human)),
  );
}
