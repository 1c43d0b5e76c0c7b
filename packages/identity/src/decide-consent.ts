import type { Consent, Entry } from './command.ts';
import type { Rules } from './decide.ts';
import { addConsent } from './evidence/consents.ts';
import type { Draft, Node } from './graph.ts';
import { type Identifier, keyOf } from './ids.ts';
import { meet, sight } from './meet.ts';
import { ownerAt } from './owner.ts';
import { roleOf } from './policy.ts';
import { readIds } from './read-ids.ts';
import { rejected, type Verdict } from './verdict.ts';
import { isVisit } from './visit.ts';

/** [G4] A public key speaks for its own device, anyone more trusted for the person: the word is kept at each. */
export function decideConsent(draft: Draft, rules: Rules, entry: Entry, command: Consent): Verdict {
  const read = readIds(rules.policy, command.ids);
  if ('problem' in read) return rejected('V1', read.problem);
  if (entry.repeats !== undefined) return { status: 'duplicate', rule: 'D1', repeats: entry.repeats, notes: [] };
  const speaksFor = (id: Identifier) => ['anonymous', 'profile'].includes(roleOf(rules.policy, id.kind));
  const ids = entry.trust > 0 ? read.ids : read.ids.filter(speaksFor);
  if (ids.length === 0)
    return read.ids.length === 0
      ? rejected('A3', 'the item names nobody')
      : rejected('G4', 'a public key speaks only for its own device: name it');
  const anchor = ids[0] as Identifier;
  for (const id of entry.trust > 0 ? [anchor] : ids) {
    const node = meet(draft, rules, entry, id);
    const { consent, scope } = command;
    const word = { ...sight(entry), consent, ...(scope === undefined ? {} : { scope }) };
    const owner = entry.trust > 0 ? ownerAt(draft, rules.policy, node.key, entry.time) : undefined;
    for (const key of new Set([node.key, owner === undefined || isVisit(owner) ? node.key : owner.key])) {
      const one = draft.node(key) as Node;
      draft.put({ ...one, consents: addConsent(one.consents, word) });
    }
  }
  const person = ownerAt(draft, rules.policy, keyOf(anchor), entry.time)?.person;
  return { status: 'applied', anchor, ...(person === undefined ? {} : { person }), notes: [] };
}
