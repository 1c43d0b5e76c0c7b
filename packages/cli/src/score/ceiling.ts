import { compare, type Given, Joined, type Quality } from '@selfsame/server/quality';
import type { Judged } from './score-world.ts';

/** A longer silence ends a visit, ms. */
const VISIT = 30 * 60_000;

/**
 * What nobody can better: an oracle who takes the sender's word for whose login an event is of, joins all else that the
 * identifiers allow to whoever did it, and nothing more.
 */
export const ceilingOf = (judged: Judged): Quality => compare(judged, givenByOracle(judged));

/**
 * What no rule can better in strict precision that keeps a phone whole: the oracle who takes what hangs together by identifiers of which none
 * was ever named with a login for one person's, since nothing that was sent tells a tablet of four from a phone.
 * @param most visits of such a person, after which each is taken for somebody else's instead: a rule might guess so that
 *   a device is shared
 */
export function evidenceOf(judged: Judged, most = Number.POSITIVE_INFINITY): Quality {
  const people = neverNamed(judged);
  const given = givenByOracle(judged).map((one, i): Given => {
    const person = people[i];
    if (person === undefined) return one;
    const { name, visits } = person;
    if (visits.length <= most) return { person: name, login: undefined };
    const time = judged.namings[i]?.time as number;
    return { person: `${name} ${visits.findLast((begin) => begin <= time)}`, login: undefined };
  });
  return compare(judged, given);
}

interface NeverNamed {
  readonly name: string;
  /** When each of their visits began, oldest first, ms. */
  readonly visits: readonly number[];
}

/** Whom each statement is of, if no login was ever named with any identifier that hangs together with its own. */
function neverNamed({ namings }: Judged): readonly (NeverNamed | undefined)[] {
  const joined = new Joined<string>();
  for (const { ids } of namings) for (const id of ids) joined.join(ids[0] as string, id);
  const known = new Set(namings.flatMap(({ login }) => (login === undefined ? [] : [joined.root(login)])));
  const nameOf = ({ ids: [first] }: (typeof namings)[number]) => first && joined.root(first);
  const people = new Map<string | undefined, NeverNamed>();
  for (const [name, said] of Map.groupBy(namings, nameOf)) {
    if (name === undefined || known.has(name)) continue;
    const times = said.map(({ time }) => time).sort((a, b) => a - b);
    people.set(name, { name, visits: times.filter((time, i) => i === 0 || time - (times[i - 1] as number) > VISIT) });
  }
  return namings.map((one) => people.get(nameOf(one)));
}

function givenByOracle({ seen, knowable, accounts }: Judged): readonly Given[] {
  const joined = new Joined<string>();
  const loginOf = new Map<string, string>();
  for (const [i, one] of seen.entries())
    if (one?.login !== undefined && accounts.get(one.login)?.has(one.human) === true) {
      joined.join(one.login, knowable[i] as string);
      loginOf.set(knowable[i] as string, one.login);
    }
  return seen.map((one, i): Given => {
    const group = knowable[i] as string;
    return { person: joined.root(one?.login ?? group), login: one?.login ?? loginOf.get(group) };
  });
}
