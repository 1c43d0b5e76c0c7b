import { parseAsNativeArrayOf, parseAsString, useQueryStates } from 'nuqs';
import { useMemo } from 'react';
import { parseDay, step } from '../address/params.ts';
import { type Checks, type Problem, useProblems } from '../address/problems.ts';
import { useProject } from '../api/project.ts';
import type { EventFilter, Who } from '../api/shapes.ts';
import { readBreakdown } from './breakdown.tsx';
import { useRangeWords } from './controls.tsx';
import { complete, readFilters, textsOf } from './filters.ts';
import { useNames } from './names.ts';
import { isSpan, type Range, rangeBefore, readRange } from './range.ts';
import { useWho, whoChecks } from './who.tsx';

/** Events under a name in the address; until some are chosen, the most frequent ones of the project. */
export function useFilters(
  name: string,
  standard: number,
): {
  readonly filters: readonly EventFilter[];
  /** What can be asked now. */
  readonly asked: readonly EventFilter[];
  readonly setFilters: (filters: readonly EventFilter[]) => void;
} {
  const keys = useMemo(
    () => ({ [name]: parseAsNativeArrayOf(parseAsString), [`${name}.if`]: parseAsNativeArrayOf(parseAsString) }),
    [name],
  );
  const [texts, setTexts] = useQueryStates(keys, step);
  const names = useNames('names').data ?? [];
  const chosen = readFilters(texts[name] ?? [], texts[`${name}.if`] ?? []);
  const filters = chosen.length > 0 ? chosen : names.slice(0, standard).map(([event]) => ({ event }));
  const setFilters = (next: readonly EventFilter[]) => {
    const { events, conditions } = textsOf(next);
    void setTexts({ [name]: [...events], [`${name}.if`]: conditions.length === 0 ? null : [...conditions] });
  };
  return { filters, asked: complete(filters), setFilters };
}

interface Chosen {
  readonly who?: Who;
}

/** The time and the people of the address, and the same people in the time before, as long; undefined: there is none. */
export function useScope(): {
  readonly range: Range & Chosen;
  readonly before: (Required<Range> & Chosen) | undefined;
} {
  const [words] = useRangeWords();
  const who = useWho();
  const { timeZone } = useProject();
  const text = JSON.stringify(words);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the words, which may be new at every render
  return useMemo(() => {
    const now = Date.now();
    const range = readRange(words, now, timeZone);
    const before = rangeBefore(range, now, timeZone);
    const chosen = who === undefined ? {} : { who };
    return { range: { ...range, ...chosen }, before: before && { ...before, ...chosen } };
  }, [text, timeZone, who]);
}

const questionChecks: Checks = {
  from: (text) => (parseDay.parse(text) === null ? 'no day' : undefined),
  to: (text) => (parseDay.parse(text) === null ? 'no day' : undefined),
  range: (text) => (isSpan(text) ? undefined : 'no span of time'),
  by: (text) => (readBreakdown(text) === undefined ? 'neither property:… nor trait:…' : undefined),
};

/** What is wrong in the address of a question: its time, its choices among a few, its conditions. */
export function useQuestionProblems(
  choices: Readonly<Record<string, readonly string[]>>,
  filters: readonly string[],
): readonly Problem[] {
  const ofChoices = Object.fromEntries(
    Object.entries(choices).map(([name, values]) => [
      name,
      (text: string) => (values.includes(text) ? undefined : `none of ${values.join(', ')}`),
    ]),
  );
  return useProblems({ ...questionChecks, ...whoChecks, ...ofChoices }, filters);
}
