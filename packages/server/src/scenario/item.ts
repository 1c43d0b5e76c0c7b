import { canonical, type Entry, type Identifier, type Policy, type TraitChange } from '@selfsame/identity';
import type { Disguise } from './disguise.ts';

/** An item as `POST /v1/batch` takes it, with the trust it was told with. */
export type ScenarioItem = Readonly<Record<string, unknown>> & { readonly type: string };

/** An entry of the log as an item of our own wire, in other values; undefined: our wire has no words for it. */
export function itemOf(entry: Entry, policy: Policy, disguise: Disguise): ScenarioItem | undefined {
  const { command, insertId, trust, time } = entry;
  const said = wordsOf(command, policy, disguise);
  return (
    said && {
      ...said,
      time: new Date(time).toISOString(),
      ...(insertId === undefined ? {} : { insertId: disguise.text(insertId) }),
      ...(trust === 2 ? {} : { trust }),
    }
  );
}

function wordsOf(command: Entry['command'], policy: Policy, disguise: Disguise): ScenarioItem | undefined {
  const given = 'ids' in command ? idsOf(command.ids, disguise) : undefined;
  switch (command.type) {
    case 'Track':
      return given && command.resolve === undefined ? { type: 'track', name: command.name, ids: given } : undefined;
    case 'Identify':
      return given && { type: 'identify', ids: given };
    case 'Logout':
      return given && { type: 'logout', ids: given };
    case 'Describe':
      return given && command.resolve === undefined ? described(command.changes, given, policy, disguise) : undefined;
    case 'Consent':
      return given && command.scope === undefined
        ? { type: 'consent', ids: given, consent: command.consent }
        : undefined;
    case 'Merge': {
      const [one, other] = [command.one, command.other].map((id) => idsOf([id], disguise));
      return { type: 'merge', ids: [one, other] };
    }
    default:
      return undefined;
  }
}

/** Our wire names one identifier of a kind. */
function idsOf(ids: readonly Identifier[], disguise: Disguise): Readonly<Record<string, string>> | undefined {
  const out: Record<string, string> = {};
  for (const given of ids) {
    const { kind, value } = disguise.id(canonical(given));
    if (Object.hasOwn(out, kind) && out[kind] !== value) return undefined;
    out[kind] = value;
  }
  return out;
}

/** What is said of who somebody is: an address among the traits is an identifier too ([C1]); the rest is left out. */
function described(
  changes: readonly TraitChange[],
  ids: Readonly<Record<string, string>>,
  policy: Policy,
  disguise: Disguise,
): ScenarioItem {
  const traits: Record<string, string> = {};
  for (const change of changes) {
    if (change.op !== 'set' || typeof change.value !== 'string' || change.on !== undefined) continue;
    const kind = policy.contactTraits[change.name];
    if (kind !== undefined) traits[change.name] = disguise.id(canonical({ kind, value: change.value })).value;
  }
  return { type: 'traits', ids, traits };
}
