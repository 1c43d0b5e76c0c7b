import { withContacts } from '../deciding/contact-traits.ts';
import { readIds } from '../deciding/read-ids.ts';
import { PROFILE, profileKey } from '../directory/record.ts';
import { nextMpid } from '../directory/settle.ts';
import type { Graph } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { Entry } from '../words/command.ts';
import { type Identifier, type IdentifierKey, keyOf } from '../words/ids.ts';
import { canonical } from '../words/values.ts';
import type { Verdict } from '../words/verdict.ts';

/** An entry of the log and what was decided about it. */
export interface Said {
  readonly entry: Entry;
  readonly verdict: Verdict;
}

/** Every identifier whose node an entry may have touched: what it names, and the profiles it was answered. */
export function namedBy(policy: Policy, { entry, verdict }: Said): readonly IdentifierKey[] {
  const { anchor, answer } = verdict;
  const profiles = answer === undefined ? [] : [answer.mpid, ...answer.changed.map((one) => one.mpid)];
  return [...namesIn(policy, entry), ...(anchor === undefined ? [] : [keyOf(anchor)]), ...profiles.map(profileKey)];
}

const looked = new WeakMap<Policy, WeakMap<Entry, readonly IdentifierKey[]>>();

/** The same, of entries that are asked for again and again: each is looked at once. */
export function namesOf(policy: Policy, said: Said): readonly IdentifierKey[] {
  let known = looked.get(policy);
  if (known === undefined) looked.set(policy, (known = new WeakMap()));
  let names = known.get(said.entry);
  if (names === undefined) known.set(said.entry, (names = namedBy(policy, said)));
  return names;
}

/** Every identifier that a statement names by itself, whatever is made of it: those it will ask the graph about first. */
export function namesIn(policy: Policy, said: Pick<Entry, 'command' | 'scar'>): readonly IdentifierKey[] {
  const { command } = said;
  return [
    ...givenIn(policy, said).map(keyOf),
    ...(command.type === 'Modify' ? [profileKey(command.profile)] : []),
    ...(command.type === 'Alias' ? [profileKey(command.source), profileKey(command.destination)] : []),
    // The profile it makes where it finds none, now that something else stands.
    ...(command.type === 'Resolve' ? [profileKey(command.mint)] : []),
    ...('resolve' in command && command.resolve !== undefined ? [profileKey(command.resolve.mint)] : []),
    ...(command.type === 'Resolve' && command.previous !== undefined ? [profileKey(command.previous)] : []),
  ];
}

function givenIn(policy: Policy, { command, scar }: Pick<Entry, 'command' | 'scar'>): readonly Identifier[] {
  switch (command.type) {
    case 'Merge':
    case 'Join':
      return [canonical(command.one), canonical(command.other)];
    case 'Modify':
      return command.changes.flatMap(({ kind, before, now }) =>
        [before, now].flatMap((value) => (value === null ? [] : canonical({ kind, value }))),
      );
    case 'Alias':
    case 'Retract':
    case 'Restore':
      return [];
    default: {
      const read = readIds(policy, withContacts(policy, command.ids, command), [], scar !== undefined);
      return 'problem' in read ? [] : read.ids;
    }
  }
}

/** What an entry hangs on as it is read now: without an identifier that was retracted, on the strongest of the rest ([U2]). */
export function anchorWithout(policy: Policy, entry: Entry, { anchor }: Verdict): { readonly anchor?: Identifier } {
  const { command, without, scar } = entry;
  if (anchor === undefined) return {};
  if (without === undefined || !without.includes(keyOf(anchor)) || !('ids' in command)) return { anchor };
  const read = readIds(policy, withContacts(policy, command.ids, command), without, scar !== undefined);
  const first = 'problem' in read ? undefined : read.ids[0];
  return first === undefined ? {} : { anchor: first };
}

/**
 * The identifiers that hang together with some, by anything that any rule may have read of one when it decided about
 * another: the part of a graph that must be folded again when something in it is taken back ([U3]).
 */
export class Component {
  readonly keys: Set<IdentifierKey>;
  readonly #policy: Policy;
  readonly #graph: Pick<Graph, 'node'>;

  constructor(graph: Pick<Graph, 'node'>, policy: Policy, start: Iterable<IdentifierKey>) {
    this.#graph = graph;
    this.#policy = policy;
    this.keys = new Set(start);
    this.#close(this.keys);
  }

  /**
   * Does an entry speak of the component? Whoever else it names then belongs to it too; `grew` says that something
   * did, and that what was looked at before must be looked at again.
   */
  holds(said: Said): { readonly is: boolean; readonly grew: boolean } {
    const named = namesOf(this.#policy, said);
    if (!named.some((key) => this.keys.has(key))) return { is: false, grew: false };
    const fresh = named.filter((key) => !this.keys.has(key));
    for (const key of fresh) this.keys.add(key);
    this.#close(fresh);
    return { is: true, grew: fresh.length > 0 };
  }

  #close(from: Iterable<IdentifierKey>): void {
    const open = [...from];
    for (let key = open.pop(); key !== undefined; key = open.pop()) {
      const node = this.#graph.node(key);
      if (node === undefined) continue;
      const next = [
        // What is not listed was said of an owner who is, or who lists it ([L4]), or is named beside it in the log.
        ...node.claims.flatMap(({ owner }) => owner ?? []),
        ...node.below,
        ...node.edges.map(({ other }) => other),
        ...node.record.map((one) => one.key),
        ...node.holders.map(({ profile }) => profile),
        ...node.aliases.map(({ other }) => other),
        // A profile may have been made under the next MPID because this one was taken ([P2]).
        ...(node.id.kind === PROFILE ? [profileKey(nextMpid(node.id.value))] : []),
      ];
      for (const one of next) {
        if (this.keys.has(one)) continue;
        this.keys.add(one);
        open.push(one);
      }
    }
  }
}
