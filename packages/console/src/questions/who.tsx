import { Plus } from 'lucide-react';
import { parseAsNativeArrayOf, parseAsString, useQueryStates } from 'nuqs';
import { useMemo } from 'react';
import { step } from '../address/params.ts';
import { useAnswer } from '../api/answers.ts';
import type { Condition, PeopleNamesAnswer, Who } from '../api/shapes.ts';
import { count } from '../parts/format.ts';
import { Conditions } from './conditions.tsx';
import { Choice } from './controls.tsx';
import { completeConditions, readCondition, writeCondition } from './filters.ts';
import '../styles/rooms/questions.css';

/**
 * Whom a question is about, in the address: `known=yes|no`, `segment=` and `kind=` once each or more, and conditions on
 * traits as `trait=<name>:<op>:<value>`.
 */
const params = {
  known: parseAsString,
  segment: parseAsNativeArrayOf(parseAsString),
  kind: parseAsNativeArrayOf(parseAsString),
  trait: parseAsNativeArrayOf(parseAsString),
  /** Of a list: who is chosen anew is read from the first page on. */
  page: parseAsString,
};

const knownWords = [
  ['', 'Everybody'],
  ['yes', 'Known people'],
  ['no', 'Anonymous people'],
] as const;

/** Says what of the address chooses nobody; for `useProblems`. */
export const whoChecks = {
  known: (text: string) => (text === 'yes' || text === 'no' ? undefined : 'neither yes nor no'),
  trait: (text: string) => (readCondition(text) === undefined ? 'no condition' : undefined),
};

function useWhoWords() {
  const [words, set] = useQueryStates(params, step);
  return [
    words,
    (change: { readonly [K in keyof typeof words]?: (typeof words)[K] | null }) => void set({ ...change, page: null }),
  ] as const;
}

const conditionsOf = (texts: readonly string[] | null): readonly Condition[] =>
  (texts ?? []).flatMap((text) => readCondition(text) ?? []);

/** The people the address chooses; undefined: everybody. The same object as long as the address is the same. */
export function useWho(): Who | undefined {
  const [words] = useWhoWords();
  const text = JSON.stringify(words);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the words, which may be new at every render
  return useMemo(() => {
    const { known, segment, kind, trait } = words;
    const traits = completeConditions(conditionsOf(trait));
    const who = {
      ...(known === 'yes' || known === 'no' ? { known: known === 'yes' } : {}),
      ...(traits.length > 0 ? { traits } : {}),
      ...(segment && segment.length > 0 ? { segments: segment } : {}),
      ...(kind && kind.length > 0 ? { kinds: kind } : {}),
    };
    return Object.keys(who).length === 0 ? undefined : who;
  }, [text]);
}

/** Chooses people by what is known of them. */
export function WhoPicker() {
  const [{ known, segment, kind, trait }, set] = useWhoWords();
  const names = useAnswer<PeopleNamesAnswer>('/v1/people/names').data;
  const conditions = conditionsOf(trait);
  const setConditions = (next: readonly Condition[]) =>
    set({ trait: next.length === 0 ? null : next.map(writeCondition) });
  return (
    <>
      <Choice
        label="Who"
        value={known ?? ''}
        options={knownWords}
        onChange={(value) => set({ known: value === '' ? null : value })}
      />
      <Several
        label="In segment"
        any="Any or none"
        chosen={segment ?? []}
        names={names?.segments}
        onChange={(next) => set({ segment: next })}
      />
      <Several
        label="With an identifier"
        any="Of any kind"
        chosen={kind ?? []}
        names={names?.kinds}
        onChange={(next) => set({ kind: next })}
      />
      <div className="who-traits">
        <Conditions
          where={conditions}
          names={(names?.traits ?? []).map(({ name, count: n }) => [name, `${name} (${count(n)})`])}
          what="Trait"
          onChange={setConditions}
        />
        <button
          type="button"
          className="button button-quiet"
          disabled={names !== undefined && names.traits.length === 0}
          onClick={() => setConditions([...conditions, { property: names?.traits[0]?.name ?? '', op: 'set' }])}
        >
          <Plus size={15} aria-hidden /> A trait
        </button>
      </div>
    </>
  );
}

/** One of several names; a link may hold more than one, of which all must fit. */
function Several({
  label,
  any,
  chosen,
  names = [],
  onChange,
}: {
  label: string;
  any: string;
  chosen: readonly string[];
  names?: PeopleNamesAnswer['kinds'] | undefined;
  onChange: (chosen: string[] | null) => void;
}) {
  const several = chosen.length > 1 ? [['\n', chosen.join(' and ')] as const] : [];
  return (
    <Choice
      label={label}
      value={chosen.length > 1 ? '\n' : (chosen[0] ?? '')}
      options={[['', any], ...several, ...names.map(({ name, count: n }) => [name, `${name} (${count(n)})`] as const)]}
      onChange={(value) => onChange(value === '' ? null : value === '\n' ? [...chosen] : [value])}
    />
  );
}
