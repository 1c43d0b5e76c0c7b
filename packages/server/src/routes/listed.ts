import {
  atRest,
  type Graph,
  type IdentifierKey,
  identifiersOf,
  type Ownership,
  type Person,
  type Policy,
  personOf,
} from '@selfsame/identity';
import type { Columns, FirstWords } from '@selfsame/store';
import type { SearchAnswer } from '../api.ts';
import type { Project } from '../context.ts';
import { iso } from './iso.ts';

export type Listed = SearchAnswer['people'][number];

/** Identifiers of one person that a list shows; their page has all. */
const MOST_SHOWN = 10;
/** Identifiers of one person whose first events are looked at for what to call them. */
const MOST_LOOKED_AT = 20;

/** People as a list shows them: those whom nobody named are called by what is known of them. */
export async function listed(
  columns: Columns,
  project: Project,
  people: readonly Person[],
): Promise<readonly Listed[]> {
  const nodes = people.flatMap((person) => (givenName(person) === undefined ? nodesOf(person) : []));
  const words = await columns.firstWords(project.id, nodes);
  return people.map((person) => {
    const nodes = identifiersOf(person);
    return {
      id: person.id,
      known: person.known,
      name: givenName(person) ?? visitorName(nodesOf(person).flatMap((node) => words.get(node) ?? [])),
      identifiers: nodes.slice(0, MOST_SHOWN).map(({ id }) => id),
      identifierCount: nodes.length,
      lastSeen: iso(person.lastSeen),
    };
  });
}

/** Who owns some stretches, by the key of the identifier they are named after. */
export type Owners = ReadonlyMap<IdentifierKey, Person>;

export function ownersIn(graph: Graph, policy: Policy, stretches: readonly Ownership[]): Owners {
  // Two who have hundreds of devices in turn own thousands of stretches.
  const owners = new Map(stretches.map(({ person }) => [person.key, person]));
  const resting = atRest(graph);
  return new Map([...owners].map(([key, owner]) => [key, personOf(resting, policy, owner)]));
}

/** Of some stretches, each owner as a list shows them. */
export async function ownersListed(
  columns: Columns,
  project: Project,
  owners: Owners,
): Promise<(stretch: Ownership) => Pick<Listed, 'id' | 'name' | 'known'>> {
  const people = await listed(columns, project, [...owners.values()]);
  const named = new Map([...owners.keys()].map((key, i) => [key, people[i] as Listed]));
  return ({ person }) => {
    const { id, name, known } = named.get(person.key) as Listed;
    return { id, name, known };
  };
}

const nodesOf = (person: Person): readonly number[] =>
  identifiersOf(person)
    .slice(0, MOST_LOOKED_AT)
    .map(({ number }) => number);

/** The best name somebody gave them: a name, an e-mail, else an identifier that names a human. */
function givenName(person: Person): string | undefined {
  const { traits, founder, known } = person;
  const trait = (name: string): string | undefined => {
    const value = traits.get(name) ?? traits.get(`$${name}`);
    return typeof value === 'string' && value.trim() !== '' ? value : undefined;
  };
  const parts = [trait('first_name') ?? trait('firstName'), trait('last_name') ?? trait('lastName')];
  const full = parts.filter((part) => part !== undefined).join(' ');
  const named = trait('name') ?? (full || undefined) ?? trait('email') ?? givenTo(person);
  return named ?? (known ? founder.id.value : undefined);
}

/** What somebody was called by whoever knows them, rather than by a number of ours or of a machine. */
const givenTo = (person: Person): string | undefined =>
  identifiersOf(person).find(({ id }) => ['user', 'email', 'phone'].includes(id.kind))?.id.value;

/** What is known of somebody without a name: `Chrome on Linux, spring campaign`. */
export function visitorName(words: readonly FirstWords[]): string {
  const first = (of: keyof FirstWords) => words.find((one) => one[of] !== null && one[of] !== '')?.[of] ?? '';
  const on = [first('browser'), first('system')].filter((one) => one !== '').join(' on ');
  const campaign = first('campaign');
  const name = [on, campaign === '' ? '' : `${campaign} campaign`].filter((one) => one !== '').join(', ');
  return name === '' ? 'Anonymous visitor' : `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
