import {
  canonical,
  type Graph,
  type IdentifierKey,
  identifierOf,
  isVisit,
  keyOf,
  namedBy,
  ownerAt,
  type Policy,
  type Position,
  type ProjectId,
  presets,
  roleOf,
} from '@selfsame/identity';
import { indexOf, positionsIn, type Store } from '@selfsame/store';
import { iso } from '../routes/iso.ts';
import { Disguise } from './disguise.ts';
import { itemOf, type ScenarioItem } from './item.ts';

/** Entries of the log that one scenario may hold. */
export const MOST_ITEMS = 500;

/** What `selfsame test` reads. */
export interface Scenario {
  readonly name: string;
  readonly policy: Readonly<Record<string, unknown>>;
  readonly items: readonly ScenarioItem[];
  readonly expect: {
    readonly people: readonly (readonly string[])[];
    readonly apart: readonly (readonly [string, string])[];
    readonly owners: readonly { readonly identifier: string; readonly at: string; readonly person: string | null }[];
  };
}

export type Made = { readonly scenario: Scenario } | { readonly problem: 'too-many' | 'nothing' | 'no-words' };

/**
 * Who these identifiers are today, as a scenario: everything that was told of them and stands, in other values, and what
 * must come of it. Costs what was told of them.
 */
export async function scenarioOf(
  store: Store,
  project: ProjectId,
  policy: Policy,
  keys: readonly IdentifierKey[],
): Promise<Made> {
  const index = await indexOf(store, project, policy);
  const positions = positionsIn(await index.about(keys));
  if (positions.length > MOST_ITEMS) return { problem: 'too-many' };
  const disguise = new Disguise();
  const items: ScenarioItem[] = [];
  const named = new Set<IdentifierKey>();
  const wanted = new Set(keys);
  for (const position of positions) {
    const told = await said(store, project, policy, position, wanted);
    if (told === undefined) continue;
    const item = itemOf(told.entry, policy, disguise);
    if (item === undefined) return { problem: 'no-words' };
    items.push(item);
    for (const key of told.named) named.add(key);
  }
  if (items.length === 0) return { problem: 'nothing' };
  const held = await store.ask(project, (graph) => heldIn(graph, policy, keys));
  const expect = expected(held, named, disguise);
  return { scenario: { name: nameOf(keys), policy: chosen(policy, disguise), items, expect } };
}

/** An entry that names one of the wanted identifiers and is not taken back; the index knows names by their hash alone. */
async function said(
  store: Store,
  project: ProjectId,
  policy: Policy,
  position: Position,
  wanted: ReadonlySet<IdentifierKey>,
) {
  const decided = await store.at(project, position);
  if (decided === undefined || decided.verdict.status === 'rejected') return undefined;
  const named = namedBy(policy, decided);
  const entry = (await store.undone(project)).read(decided.entry, decided.verdict);
  if (entry === undefined || 'told' in entry.command || !named.some((key) => wanted.has(key))) return undefined;
  const { without } = entry;
  if (without === undefined || !('ids' in entry.command)) return { entry, named };
  const ids = entry.command.ids.filter((id) => !without.includes(keyOf(canonical(id))));
  return {
    entry: { ...entry, command: { ...entry.command, ids } },
    named: named.filter((key) => !without.includes(key)),
  };
}

/** Who has an identifier now, and of a device who had it whenever somebody was said to have it. */
interface Held {
  readonly key: IdentifierKey;
  readonly person: IdentifierKey | undefined;
  readonly before: readonly { readonly time: number; readonly person: IdentifierKey | undefined }[];
}

function heldIn(graph: Graph, policy: Policy, keys: readonly IdentifierKey[]): readonly Held[] {
  const owner = (key: IdentifierKey, at = Number.POSITIVE_INFINITY) => {
    const one = ownerAt(graph, policy, key, at);
    return one === undefined || isVisit(one) ? undefined : one.key;
  };
  return keys.map((key) => ({
    key,
    person: owner(key),
    before:
      roleOf(policy, identifierOf(key).kind) === 'anonymous'
        ? (graph.node(key)?.claims ?? []).flatMap((claim) =>
            claim.owner === null ? [] : [{ time: claim.time, person: owner(key, claim.time) }],
          )
        : [],
  }));
}

function expected(held: readonly Held[], named: ReadonlySet<IdentifierKey>, disguise: Disguise): Scenario['expect'] {
  const other = (key: IdentifierKey) => disguise.key(identifierOf(key));
  const people = new Map<IdentifierKey, string[]>();
  const owners: Scenario['expect']['owners'][number][] = [];
  for (const { key, person, before } of held) {
    if (!named.has(key) || person === undefined || !named.has(person)) continue;
    const list = people.get(person) ?? [other(person)];
    if (key !== person) list.push(other(key));
    people.set(person, list);
    for (const { time, person: at } of before)
      if (at !== undefined && at !== key && named.has(at))
        owners.push({ identifier: other(key), at: iso(time) ?? '', person: other(at) });
  }
  const founders = [...people.values()].map(([first]) => first as string);
  const apart = founders.slice(1).map((one): readonly [string, string] => [founders[0] as string, one]);
  return { people: [...people.values()], apart, owners };
}

/** What the project changed of its preset, as the settings file writes it. */
function chosen(policy: Policy, disguise: Disguise): Readonly<Record<string, unknown>> {
  const preset = presets[policy.preset] as Policy;
  const isChanged = (name: keyof Policy) => JSON.stringify(policy[name]) !== JSON.stringify(preset[name]);
  const fields = (Object.keys(policy) as (keyof Policy)[]).filter((name) => name !== 'preset' && isChanged(name));
  const { breaker } = policy;
  const trusted = breaker.trusted.map((key) => disguise.key(identifierOf(key as IdentifierKey)));
  return {
    preset: policy.preset,
    ...Object.fromEntries(fields.map((name) => [name, policy[name]])),
    ...(fields.includes('breaker') ? { breaker: { ...breaker, trusted } } : {}),
  };
}

const nameOf = (keys: readonly IdentifierKey[]): string => {
  const kinds = [...new Set(keys.map((key) => identifierOf(key).kind))];
  return `${keys.length} ${keys.length === 1 ? 'identifier' : 'identifiers'} (${kinds.join(', ')}) as they are today`;
};
