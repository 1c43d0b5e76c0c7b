import type { SWRResponse } from 'swr';
import { useSlowAnswer } from '../api/answers.ts';
import type { CallError } from '../api/call.ts';
import type { NamesAnswer } from '../api/shapes.ts';
import { count } from '../parts/format.ts';

export type Names = readonly (readonly [value: string, text: string])[];

/** Names for a picker: the events of the project, or the properties of one event; with why there are none, if it failed. */
export function useNames(
  of: 'names' | 'properties',
  event?: string,
): Pick<SWRResponse<NamesAnswer, CallError>, 'error' | 'mutate' | 'isLoading'> & { readonly data: Names | undefined } {
  const { data, error, mutate, isLoading } = useSlowAnswer<NamesAnswer>(`/v1/events/${of}`, { event });
  return {
    error,
    mutate,
    isLoading,
    data: data?.names.map(({ name, count: times }) => [name, times === undefined ? name : `${name} (${count(times)})`]),
  };
}
