import { compare, type Given, Joined, type Quality } from '@selfsame/server/quality';
import type { Judged } from './score-world.ts';

/**
 * What nobody can better: an oracle who takes the sender's word for whose login an event is of, joins all else that the
 * identifiers allow to whoever did it, and nothing more.
 */
export const ceilingOf = (judged: Judged): Quality => compare(judged, givenByOracle(judged));

/**
 * What no rule can better: the oracle who, as every rule must, takes what hangs together by identifiers of which none was
 * ever named with a login for one person's. Nothing that was sent tells a tablet of four from a phone.
 */
export function evidenceOf(judged: Judged): Quality {
  const joined = new Joined<string>();
  const named = new Set<string>();
  for (const { ids } of judged.namings) for (const id of ids) joined.join(ids[0] as string, id);
  for (const { login } of judged.namings) if (login !== undefined) named.add(joined.root(login));
  const given = givenByOracle(judged).map((one, i): Given => {
    const first = judged.namings[i]?.ids[0];
    const person = first === undefined ? undefined : joined.root(first);
    return person === undefined || named.has(person) ? one : { person, login: undefined };
  });
  return compare(judged, given);
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
