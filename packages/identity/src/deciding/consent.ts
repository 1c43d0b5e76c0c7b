import { PROFILE } from '../directory/record.ts';
import { addConsent } from '../evidence/consents.ts';
import type { Draft, Graph, Node } from '../evidence/graph.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import type { Rules } from '../policy/rules.ts';
import { ownerAt } from '../reading/links.ts';
import { isVisit } from '../reading/visit.ts';
import type { Consent, Entry } from '../words/command.ts';
import { type Identifier, type IdentifierKey, keyOf } from '../words/ids.ts';
import { rejected, type Verdict } from '../words/verdict.ts';
import { admit } from './admit.ts';
import { meet, sight } from './meet.ts';

/** [G4] A public key speaks for its own device, anyone more trusted for the person. */
export function decideConsent(draft: Draft, rules: Rules, entry: Entry, command: Consent): Verdict {
  const speaksFor = (id: Identifier) =>
    entry.trust > 0 ||
    roleOf(rules.policy, id.kind) === 'anonymous' ||
    (id.kind === PROFILE && !isKnownToBackend(draft, keyOf(id)));
  const unfit = (named: readonly Identifier[]) =>
    named.length === 0
      ? rejected('A3', 'the item names nobody')
      : named.some(speaksFor)
        ? undefined
        : rejected('G4', 'a public key speaks only for its own device: name it');
  const admitted = admit(draft, rules.policy, entry, { ids: command.ids, unfit, whoseNo: 'nobody', belief: 'all' });
  if ('verdict' in admitted) return admitted.verdict;
  const ids = admitted.ids.filter(speaksFor);
  const anchor = ids[0] as Identifier;
  for (const id of entry.trust > 0 ? [anchor] : ids) {
    const node = meet(draft, rules, entry, id);
    const { consent, scope } = command;
    const word = { ...sight(entry), consent, ...(scope === undefined ? {} : { scope }) };
    for (const key of keptAt(draft, rules.policy, entry, node, command)) {
      const one = draft.node(key) as Node;
      draft.put({ ...one, consents: addConsent(one.consents, word) });
    }
  }
  const person = ownerAt(draft, rules.policy, keyOf(anchor), entry.time)?.person;
  return { status: 'applied', anchor, ...(person === undefined ? {} : { person }), notes: [] };
}

/** [G4] A profile whose record holds what a more trusted sender named is a person, whom no page speaks for. */
const isKnownToBackend = (graph: Graph, profile: IdentifierKey): boolean =>
  graph.node(profile)?.record.some(({ key }) => (graph.node(key)?.trust ?? 0) > 0) ?? false;

/**
 * Where a word is kept: at the identifier, and if it speaks for the person, at the person's own. A denial by way of a
 * device is that person's and not the device's, or it would outlast them on it.
 */
function keptAt(
  draft: Draft,
  policy: Policy,
  entry: Entry,
  node: Node,
  { consent }: Consent,
): ReadonlySet<IdentifierKey> {
  const person = entry.trust > 0 ? ownerAt(draft, policy, node.key, entry.time) : undefined;
  const owner = person === undefined || isVisit(person) ? node.key : person.key;
  const isTheirs = consent === 'denied' && roleOf(policy, node.id.kind) === 'anonymous';
  return new Set(isTheirs ? [owner] : [node.key, owner]);
}
