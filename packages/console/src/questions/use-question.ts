import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import type { EventFilter } from '../api/shapes.ts';
import { complete, useNames } from './events.tsx';
import { readFilters, writeFilters } from './params.ts';
import { type Range, readRange } from './range.ts';

/** Events under a name in the address; until some are chosen, the most frequent ones of the project. */
export function useFilters(
  name: string,
  standard: number,
): {
  readonly filters: readonly EventFilter[];
  /** What can be asked now. */
  readonly asked: readonly EventFilter[];
  readonly setFilters: (filters: readonly EventFilter[]) => void;
  /** No event has come yet, so there is nothing to choose from. */
  readonly none: boolean;
} {
  const [query, setQuery] = useSearchParams();
  const names = useNames('names');
  const chosen = readFilters(query, name);
  const filters = chosen.length > 0 ? chosen : names.slice(0, standard).map(([event]) => ({ event }));
  const setFilters = useCallback(
    (next: readonly EventFilter[]) => setQuery((now) => writeFilters(now, name, next), { replace: true }),
    [name, setQuery],
  );
  return { filters, asked: complete(filters), setFilters, none: filters.length === 0 };
}

/** The range of the address. */
export function useRange(): Range {
  const [query] = useSearchParams();
  const text = query.toString();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the query, which is new at every render
  return useMemo(() => readRange(query, Date.now()), [text]);
}
