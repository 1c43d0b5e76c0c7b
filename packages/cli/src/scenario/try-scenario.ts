import {
  canonical,
  type Entry,
  entryOf,
  fold,
  type Graph,
  identifiersOf,
  isVisit,
  keyOf,
  type Node,
  ownerAt,
  type Policy,
  personOf,
  type Trust,
  type Verdict,
} from '@selfsame/identity';
import { readNative } from '../score/read-native.ts';
import { derive } from '../verify/digest.ts';
import type { Scenario } from './scenario.ts';

/** Long after everything that happens in any scenario, ms. */
const ARRIVAL = Date.UTC(3000, 0, 1);

/** Folds a scenario in memory and says in sentences what is not as it should be; nothing: all is well. */
export function tryScenario({ items, expect }: Scenario, policy: Policy): readonly string[] {
  const told = items.map(({ trust = 2, ...item }) => ({ item, trust: trust as Trust }));
  const statements = readNative(told);
  const entries = statements.map((statement, i): Entry => {
    // An item without a time happened in its turn.
    const timed = { ...statement, time: statement.time ?? ARRIVAL + i };
    return entryOf(timed, policy, { position: i + 1, at: ARRIVAL + items.length });
  });
  const { graph, verdicts } = fold(entries, { policy, derive });
  return [
    ...wrongPeople(graph, policy, expect.people),
    ...expect.apart.flatMap(([a, b]) =>
      isSame(whose(graph, policy, a), whose(graph, policy, b))
        ? [`${a} and ${b} are one person, but should be two`]
        : [],
    ),
    ...expect.owners.flatMap((one) => wrongOwner(graph, policy, one)),
    ...expect.refused.flatMap((one) => notRefused(one, entries, verdicts)),
  ];
}

function whose(graph: Graph, policy: Policy, name: string, at = Number.POSITIVE_INFINITY): Node | undefined {
  const colon = name.indexOf(':');
  return ownerAt(graph, policy, keyOf(canonical({ kind: name.slice(0, colon), value: name.slice(colon + 1) })), at);
}

const isSame = (a: Node | undefined, b: Node | undefined): boolean => a !== undefined && a.key === b?.key;

function wrongPeople(graph: Graph, policy: Policy, people: Scenario['expect']['people']): readonly string[] {
  const wrong: string[] = [];
  const seen = new Map<string, string>();
  for (const list of people) {
    const [first, ...more] = list as [string, ...string[]];
    const person = whose(graph, policy, first);
    if (person === undefined) wrong.push(`${first} is nobody: no item named it`);
    for (const name of more)
      if (!isSame(person, whose(graph, policy, name)))
        wrong.push(`${name} is not ${first}'s: it belongs to ${called(graph, policy, whose(graph, policy, name))}`);
    if (person === undefined) continue;
    const other = seen.get(person.key);
    if (other !== undefined) wrong.push(`${first} and ${other} are one person, but stand in two lists`);
    seen.set(person.key, first);
  }
  return wrong;
}

function wrongOwner(graph: Graph, policy: Policy, one: Scenario['expect']['owners'][number]): readonly string[] {
  const time = typeof one.at === 'number' ? one.at : Date.parse(one.at);
  if (Number.isNaN(time)) return [`${JSON.stringify(one.at)} is no time`];
  const owner = whose(graph, policy, one.identifier, time);
  const isNobody = owner === undefined || isVisit(owner) || owner.key === one.identifier;
  const right = one.person === null ? isNobody : isSame(owner, whose(graph, policy, one.person));
  if (right) return [];
  const when = new Date(time).toISOString();
  return [`${one.identifier} at ${when} should be ${one.person ?? "nobody's"}, but is ${called(graph, policy, owner)}`];
}

function notRefused(
  { item, rule }: Scenario['expect']['refused'][number],
  entries: readonly Entry[],
  verdicts: readonly Verdict[],
): readonly string[] {
  const at = typeof item === 'number' ? item : entries.findIndex(({ insertId }) => insertId === item);
  const verdict = verdicts[at];
  if (verdict === undefined) return [`there is no item ${JSON.stringify(item)}`];
  const rules = verdict.notes.filter((note) => note.effect === 'refused').map((note) => note.rule);
  if (verdict.rule === rule || rules.includes(rule)) return [];
  const said = [verdict.status, verdict.rule, ...rules].filter((one) => one !== undefined).join(' ');
  return [`item ${JSON.stringify(item)} should be refused by ${rule}, but was ${said}`];
}

function called(graph: Graph, policy: Policy, person: Node | undefined): string {
  if (person === undefined) return 'nobody';
  if (isVisit(person)) return 'a visit of nobody we know';
  const names = identifiersOf(personOf(graph, policy, person)).map(({ key }) => key);
  return [...new Set(names)].slice(0, 5).join(' ');
}
