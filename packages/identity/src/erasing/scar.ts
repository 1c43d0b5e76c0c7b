import { withContacts } from '../deciding/contact-traits.ts';
import { readIds } from '../deciding/read-ids.ts';
import { profileKey } from '../directory/record.ts';
import type { Policy } from '../policy/policy.ts';
import { namedBy, type Said } from '../undo/component.ts';
import type { Command, Describe, Entry, Merge, Scar, TraitChange } from '../words/command.ts';
import { type Identifier, type IdentifierKey, keyOf, type PersonId } from '../words/ids.ts';
import { canonical } from '../words/values.ts';
import type { DirectoryAnswer, Verdict } from '../words/verdict.ts';

/** Somebody who is to be forgotten: what stands for each of their identifiers ([F2]), and the ids they ever had. */
export interface Erased {
  readonly standIns: ReadonlyMap<IdentifierKey, string>;
  readonly people: ReadonlySet<PersonId>;
}

/**
 * Is a scar to take an entry's place? Where it names somebody who is forgotten, or what was decided of it does; and where
 * it asked the directory, whose answers stay what they were although what stood in their way is gone ([F3]).
 */
export function speaksOf(policy: Policy, said: Said, { standIns, people }: Erased): boolean {
  const { command, vouched = [] } = said.entry;
  const { person, notes } = said.verdict;
  // What namedBy leaves out: no link follows from these.
  const aside = [
    ...vouched,
    ...('told' in command ? command.told.flatMap(({ ids = [] }) => ids) : []),
    ...(command.type === 'Track' && command.device !== undefined ? [keyOf(canonical(command.device))] : []),
  ];
  return (
    asksIn(command) ||
    [...namedBy(policy, said), ...aside].some((key) => standIns.has(key)) ||
    (person !== undefined && people.has(person)) ||
    notes.some(({ one, other }) => [one, other].some((key) => key !== undefined && standIns.has(key)))
  );
}

/** Instead of an insert id: what has one comes after what has none ([O1]). */
const NO_NAME = '{{}}';

/**
 * [F1] What is left of an entry when somebody in it is forgotten: who was where and when, as far as the fold of the
 * others needs it, and no value or name. `whole`: the entry is theirs, and nothing else is left of it · `names`: it is
 * somebody else's and speaks of them; what it says of its own person stays. Position, times, trust and wire stay.
 * `on` is what it hangs on as it is read now, which an undo may have changed.
 */
export function scarOf(policy: Policy, { entry, verdict }: Said, erased: Erased, scar: Scar, on?: Identifier): Said {
  const names = new Names(erased);
  const { insertId, sentAt: _, untimed: __, repeat, ...bare } = entry;
  const tie = insertId === undefined ? {} : { insertId: NO_NAME };
  const mine = scar === 'whole' ? withoutCopies({ ...bare, ...tie }, repeat?.keep) : entry;
  const command = emptied(policy, entry, names, scar);
  // [F3] One that counts only since an undo hangs on what the directory says now.
  const answered = asksIn(command) ? (verdict.answer?.mpid ?? (verdict.anchor ?? on)?.value) : undefined;
  return {
    entry: {
      ...mine,
      ...vouchedLeft(entry, names),
      command,
      scar,
      ...(answered === undefined ? {} : { answered: names.mpid(answered) }),
    },
    verdict: verdictLeft(verdict, names, erased, scar, command),
  };
}

const vouchedLeft = ({ vouched }: Entry, names: Names): Pick<Entry, 'vouched'> =>
  vouched === undefined ? {} : { vouched: vouched.map((key) => names.key(key)) };

/** [D2] A copy that takes the place of another is no copy any more: neither is an event now. */
function withoutCopies(entry: Omit<Entry, 'repeat'>, keep: 'latest' | 'first' | undefined): Entry {
  if (keep !== 'latest') return entry;
  const { repeats: _, ...alone } = entry;
  return alone;
}

/** Puts what stands for an erased identifier in its place, and leaves others as they are. */
class Names {
  readonly #standIns: ReadonlyMap<IdentifierKey, string>;

  constructor({ standIns }: Erased) {
    this.#standIns = standIns;
  }

  has(id: Identifier): boolean {
    return this.#standIns.has(keyOf(canonical(id)));
  }

  id({ kind, value }: Identifier): Identifier {
    const id = canonical({ kind, value });
    return { kind, value: this.#standIns.get(keyOf(id)) ?? id.value };
  }

  key(key: IdentifierKey): IdentifierKey {
    const standIn = this.#standIns.get(key);
    return standIn === undefined ? key : keyOf({ kind: key.slice(0, key.indexOf(':')), value: standIn });
  }

  mpid(mpid: string): string {
    return this.#standIns.get(profileKey(mpid)) ?? mpid;
  }

  value(kind: string, value: string | null): string | null {
    return value === null ? null : this.id({ kind, value }).value;
  }
}

function emptied(policy: Policy, entry: Entry, names: Names, scar: Scar): Command {
  const { command } = entry;
  const ids = () => idsLeft(policy, entry, names);
  const isWhole = scar === 'whole';
  switch (command.type) {
    case 'Track': {
      const { device, ...event } = command;
      const { name, properties } = isWhole ? { name: '', properties: {} } : command;
      const resolve = mintLeft(command, names);
      if (isWhole) return { type: 'Track', ids: ids(), name, properties, ...resolve };
      const on = device === undefined || names.has(device) ? {} : { device };
      return { ...event, ids: ids(), ...on, ...resolve };
    }
    case 'Describe': {
      const changes = isWhole ? [] : command.changes.filter((change) => !namesContact(policy, change, names));
      return { type: 'Describe', ids: ids(), changes, ...mintLeft(command, names) };
    }
    case 'Identify':
    case 'Logout':
      return { type: command.type, ids: ids() };
    case 'Consent':
      return { ...command, ids: ids() };
    case 'Merge':
      return { type: 'Merge', ...pairLeft(command, names) };
    case 'Join':
      return { type: 'Join', how: command.how, ...pairLeft(command, names) };
    case 'Resolve': {
      const { previous } = command;
      const before = previous === undefined ? {} : { previous: names.mpid(previous) };
      return { type: 'Resolve', call: command.call, ids: ids(), mint: names.mpid(command.mint), ...before };
    }
    case 'Modify':
      return {
        type: 'Modify',
        profile: names.mpid(command.profile),
        changes: command.changes.map(({ kind, before, now }) => ({
          kind,
          before: names.value(kind, before),
          now: names.value(kind, now),
        })),
      };
    case 'Alias':
      return { ...command, source: names.mpid(command.source), destination: names.mpid(command.destination) };
    case 'Retract':
    case 'Restore':
      return {
        ...command,
        reason: '',
        told: command.told.map(({ entry: told, ids: some }) => ({
          entry: told,
          ...(some === undefined ? {} : { ids: some.map((key) => names.key(key)) }),
        })),
      };
  }
}

/** The identifiers an item was read with, those it states as traits too, strongest first. */
function idsLeft(policy: Policy, { command, scar }: Entry, names: Names): readonly Identifier[] {
  const given = 'ids' in command ? command.ids : [];
  const read = readIds(policy, withContacts(policy, given, command), [], scar !== undefined);
  return 'problem' in read ? [] : read.ids.map((id) => names.id(id));
}

const pairLeft = ({ one, other }: Pick<Merge, 'one' | 'other'>, names: Names) => ({
  one: names.id(one),
  other: names.id(other),
});

const mintLeft = ({ resolve }: Pick<Describe, 'resolve'>, names: Names): Pick<Describe, 'resolve'> =>
  resolve === undefined ? {} : { resolve: { mint: names.mpid(resolve.mint) } };

/** Does the directory say whose it is? What it answered it has answered ([U4]). */
const asksIn = (command: Command): boolean =>
  command.type === 'Resolve' || ('resolve' in command && command.resolve !== undefined);

/** Does a trait of somebody else's state an erased contact ([C1])? */
function namesContact(policy: Policy, change: TraitChange, names: Names): boolean {
  if (!('name' in change) || !('value' in change) || typeof change.value !== 'string') return false;
  const kind = Object.hasOwn(policy.contactTraits, change.name) ? policy.contactTraits[change.name] : undefined;
  return kind !== undefined && names.has({ kind, value: change.value });
}

/** Of what was decided and answered: nothing that the fold does not read. */
function verdictLeft(
  { status, rule, repeats, anchor, person, answer }: Verdict,
  names: Names,
  erased: Erased,
  scar: Scar,
  command: Command,
): Verdict {
  const keepsPerson = scar === 'names' && person !== undefined && !erased.people.has(person);
  return {
    status,
    ...(rule === undefined ? {} : { rule }),
    ...(repeats === undefined ? {} : { repeats }),
    ...(anchor === undefined || (scar === 'whole' && !asksIn(command)) ? {} : { anchor: names.id(anchor) }),
    ...(keepsPerson ? { person } : {}),
    ...(answer === undefined ? {} : { answer: answerLeft(answer, names) }),
    notes: [],
  };
}

const answerLeft = (answer: DirectoryAnswer, names: Names): DirectoryAnswer => ({
  ...answer,
  mpid: names.mpid(answer.mpid),
  matched: [],
  candidates: [],
  changed: answer.changed.map(({ mpid, kind }) => ({ mpid: names.mpid(mpid), kind })),
});
