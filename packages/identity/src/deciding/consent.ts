import { PROFILE } from '../directory/record.ts';
import type { Graph, Node } from '../evidence/graph.ts';
import { roleOf } from '../policy/policy.ts';
import type { Rules } from '../policy/rules.ts';
import { isByPages } from '../reading/consent.ts';
import { ownerAt, ownerOf } from '../reading/links.ts';
import { isVisit } from '../reading/visit.ts';
import type { Consent, Entry } from '../words/command.ts';
import { type Decision, unchanged } from '../words/fact.ts';
import { type Identifier, type IdentifierKey, keyOf } from '../words/ids.ts';
import { rejected } from '../words/verdict.ts';
import { admit } from './admit.ts';
import { Plan } from './plan.ts';

/** [G4] A public key speaks for its own device, anyone more trusted for the person. */
export function decideConsent(graph: Graph, rules: Rules, entry: Entry, command: Consent): Decision {
  const speaksFor = (id: Identifier) =>
    entry.trust > 0 ||
    roleOf(rules.policy, id.kind) === 'anonymous' ||
    (id.kind === PROFILE && !isKnownToBackend(graph, keyOf(id)));
  const unfit = (named: readonly Identifier[]) =>
    named.length === 0
      ? rejected('A3', 'the item names nobody')
      : named.some(speaksFor)
        ? undefined
        : rejected('G4', 'a public key speaks only for its own device: name it');
  const admitted = admit(graph, rules.policy, entry, { ids: command.ids, unfit, whoseNo: 'nobody', belief: 'all' });
  if ('verdict' in admitted) return unchanged(admitted.verdict);
  const plan = new Plan(graph, rules, entry);
  const ids = admitted.ids.filter(speaksFor);
  const anchor = ids[0] as Identifier;
  const { consent, scope } = command;
  for (const id of entry.trust > 0 ? [anchor] : ids)
    for (const key of keptAt(plan, plan.meet(id), id, command))
      plan.say({ type: 'consented', key, consent, ...(scope === undefined ? {} : { scope }) });
  const person = ownerAt(plan.graph, rules.policy, keyOf(anchor), entry.time)?.person;
  const verdict = { status: 'applied', anchor, ...(person === undefined ? {} : { person }), notes: [] } as const;
  return { verdict, facts: plan.facts };
}

/** [G4] A profile that a more trusted sender named, or of whose record any, is a person whom no page speaks for. */
function isKnownToBackend(graph: Graph, key: IdentifierKey): boolean {
  const profile = graph.node(key);
  return profile !== undefined && [{ key }, ...profile.record].some((one) => (graph.node(one.key)?.trust ?? 0) > 0);
}

/**
 * Where a word is kept: at the identifier, and if it speaks for the person, at the person's own. A denial by way of a
 * device is that person's and not the device's, or it would outlast them on it. Where pages alone say whose the identifier
 * is, the word is the identifier's own: what is said of it counts as it would without them ([S10]).
 */
function keptAt(
  { graph, policy, entry }: Plan,
  key: IdentifierKey,
  id: Identifier,
  { consent }: Consent,
): readonly IdentifierKey[] {
  const node = graph.node(key) as Node;
  const person = entry.trust > 0 ? ownerOf(graph, policy, node, entry.time) : undefined;
  if (person === undefined || isVisit(person) || person.key === key) return [key];
  if (isByPages(graph, policy, node, person, entry.time)) return [key];
  return consent === 'denied' && roleOf(policy, id.kind) === 'anonymous' ? [person.key] : [key, person.key];
}
