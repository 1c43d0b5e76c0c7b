import {
  type Command,
  type DirectoryPolicy,
  directoryOf,
  fold,
  identifierHoldings,
  keyOf,
  type Person,
  type Policy,
  personAt,
  presets,
  type Statement,
  spansOf,
  type Verdict,
} from '../src/index.ts';
import { derive, entriesOf } from './history.ts';

/** `D1` a device, `c7` a customer id, `o1` an `other`, `x@` an e-mail. */
export function id(name: string) {
  if (name.endsWith('@')) return { kind: 'email', value: name };
  const kind = ({ D: 'device', c: 'user', o: 'other', p: 'phone' } as const)[name[0] as 'D'];
  return { kind, value: name };
}
export const ids = (names: string) => names.split(' ').filter(Boolean).map(id);

/** A call by name: `identify D1`, `login D1 c7 prev A`, `modify A email x@ y@`, `track A`. Capital letters name MPIDs in order of making. */
export function session(policy: Policy) {
  const statements: Statement[] = [];
  const made = new Map<string, string>();
  const letters = 'ABCDEFGHIJ';
  const letter = (mpid: string) => {
    if (!made.has(mpid)) made.set(mpid, letters[made.size] as string);
    return made.get(mpid) as string;
  };
  const mpidOf = (name: string) => [...made].find(([, one]) => one === name)?.[0] ?? name;
  const all = () => fold(entriesOf(statements, policy), { policy, derive });

  /** Says one command; answers its verdict. */
  function tell(command: Command, more: Partial<Statement> = {}): Verdict {
    statements.push({
      project: 'p',
      wire: 'mparticle',
      trust: 0,
      time: (statements.length + 1) * 1000,
      command,
      ...more,
    });
    return all().verdicts.at(-1) as Verdict;
  }
  /** A directory call in words; answers the letter of the profile, or the code of the refusal. */
  function call(words: string): string {
    const [verb, ...rest] = words.split(' ') as [string, ...string[]];
    const prev = rest.indexOf('prev');
    const previous = prev < 0 ? undefined : mpidOf(rest[prev + 1] as string);
    const names = (prev < 0 ? rest : rest.slice(0, prev)).join(' ');
    const mint = String(1000 + statements.length);
    const verdict = tell({
      type: 'Resolve',
      call: verb as 'identify',
      ids: ids(names),
      mint,
      ...(previous === undefined ? {} : { previous }),
    });
    return verdict.answer === undefined ? (verdict.notes[0]?.code as string) : letter(verdict.answer.mpid);
  }
  function modify(
    profile: string,
    ...changes: readonly [kind: string, before: string | null, now: string | null][]
  ): Verdict {
    return tell({
      type: 'Modify',
      profile: mpidOf(profile),
      changes: changes.map(([kind, before, now]) => ({ kind, before, now })),
    });
  }
  const graph = () => all().graph;
  const person = (kind: string, value: string, time = Number.POSITIVE_INFINITY): Person | undefined =>
    personAt(graph(), policy, keyOf({ kind, value: kind === 'mpid' ? mpidOf(value) : value }), time);
  /** What stands in a profile's record, sorted. */
  const record = (name: string) =>
    spansOf(identifierHoldings(person('mpid', name) as Person))
      .filter((span) => span.to === Number.POSITIVE_INFINITY && span.node.id.kind !== 'mpid')
      .map((span) => span.node.id.value)
      .sort()
      .join(' ');
  const letterOf = (found: Person | undefined) =>
    found === undefined
      ? '-'
      : found.founder.id.kind === 'mpid'
        ? letter(found.founder.id.value)
        : found.founder.id.value;
  return {
    tell,
    call,
    modify,
    graph,
    person,
    record,
    mpidOf,
    letterOf,
    statements,
    last: () => all().verdicts.at(-1) as Verdict,
  };
}

export const policyOf = (strategy: DirectoryPolicy['strategy'], change: Partial<DirectoryPolicy> = {}): Policy => ({
  ...(presets['by-interval'] as Policy),
  directory: { ...directoryOf(strategy), ...change },
});
export const byDefault = policyOf('default');
export const conversion = policyOf('profile_conversion', { uniqueIds: ['user', 'email'] });
export const link = policyOf('profile_link');
export const isolation = policyOf('profile_isolation');
export const bestMatch = policyOf('best_match');
