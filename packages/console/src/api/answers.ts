import useSWR, { type SWRResponse } from 'swr';
import { useOverheard } from '../questions/overhear.tsx';
import { ask, type CallError, get, getSlowly } from './call.ts';
import { usePath } from './project.ts';

export type Answer<T> = SWRResponse<T, CallError>;

/** How often a page asks again, ms; 0: never. */
interface Refresh<T> {
  readonly refreshInterval?: number | ((latest: T | undefined) => number);
}

/** The answer of a GET of the chosen project; no path, no question. */
export function useAnswer<T>(
  path: string | null,
  query: Readonly<Record<string, string | number | undefined>> = {},
  options: Refresh<T> = {},
): Answer<T> {
  const of = usePath();
  return useSWR<T, CallError>(path === null ? null : of(path, query), get<T>, options);
}

/** The answer of a GET that may wait for the columns; it can be cancelled. */
export function useSlowAnswer<T>(
  path: string,
  query: Readonly<Record<string, string | number | undefined>> = {},
): Answer<T> {
  return useSWR<T, CallError>(usePath()(path, query), getSlowly<T>);
}

/** The answer to a question over whole people; `question` null: not asked yet. The last answer stays meanwhile. */
export function useInsight<T>(
  insight: 'funnel' | 'attribution' | 'retention' | 'counts' | 'days',
  question: object | null,
  options: Refresh<T> = {},
): Answer<T> {
  const of = usePath();
  const isOverheard = useOverheard(insight, question);
  return useSWR<T, CallError, readonly [string, unknown] | null>(
    question === null || isOverheard ? null : [of(`/v1/insights/${insight}`), question],
    ask<T>,
    { keepPreviousData: true, ...options },
  );
}

/** The answer to any question sent as a POST; `body` null: not asked yet. The last answer stays meanwhile. */
export function useQuery<T>(path: string, body: object | null): Answer<T> {
  const of = usePath();
  return useSWR<T, CallError, readonly [string, unknown] | null>(body === null ? null : [of(path), body], ask<T>, {
    keepPreviousData: true,
  });
}
