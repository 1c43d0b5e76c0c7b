import { PROFILE } from '../directory/record.ts';
import type { Graph, Node } from '../evidence/graph.ts';
import { roleOf } from '../policy/policy.ts';
import type { Rules } from '../policy/rules.ts';
import { isByPages, isGranted } from '../reading/consent.ts';
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
    for (const kept of keptAt(plan, plan.meet(id), id, command))
      plan.say({ type: 'consented', ...kept, consent, ...(scope === undefined ? {} : { scope }) });
  const person = ownerAt(plan.graph, rules.policy, keyOf(anchor), entry.time)?.person;
  const verdict = { status: 'applied', anchor, ...(person === undefined ? {} : { person }), notes: [] } as const;
  return { verdict, facts: plan.facts };
}

/** [G4] A profile whose record holds what a more trusted sender named is a person, whom no page speaks for. */
const isKnownToBackend = (graph: Graph, profile: IdentifierKey): boolean =>
  graph.node(profile)?.record.some(({ key }) => (graph.node(key)?.trust ?? 0) > 0) ?? false;

interface Kept {
  readonly key: IdentifierKey;
  readonly byPage?: true;
}

/**
 * Where a word is kept: at the identifier, and if it speaks for the person, at the person's own. A denial by way of a
 * device is that person's and not the device's, or it would outlast them on it; but where pages alone say whose the device
 * is and somebody more trusted had a grant of that person, it is the device's.
 */
function keptAt(
  { graph, policy, entry }: Plan,
  key: IdentifierKey,
  id: Identifier,
  { consent }: Consent,
): readonly Kept[] {
  const node = graph.node(key) as Node;
  const person = entry.trust > 0 ? ownerOf(graph, policy, node, entry.time) : undefined;
  if (person === undefined || isVisit(person) || person.key === key) return [{ key }];
  const byPage = isByPages(graph, policy, node, person, entry.time) ? ({ byPage: true } as const) : {};
  const owner = { key: person.key, ...byPage };
  if (consent !== 'denied' || roleOf(policy, id.kind) !== 'anonymous') return [{ key }, owner];
  return [owner.byPage === true && isGranted(graph, policy, person) ? { key } : owner];
}
