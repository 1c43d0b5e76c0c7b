import useSWRInfinite, { type SWRInfiniteResponse } from 'swr/infinite';
import { type CallError, get } from '../../api/call.ts';
import { usePath } from '../../api/project.ts';
import type { EventsAnswer } from '../../api/shapes.ts';

const pageSize = 50;

export type Events = SWRInfiniteResponse<EventsAnswer, CallError>;

/** A person's events, newest first, page by page. */
export function useEvents(personId: string): Events {
  const path = usePath();
  return useSWRInfinite<EventsAnswer, CallError>(
    (page, before) => {
      if (page > 0 && (before === null || before.next === null)) return null;
      return path(`/v1/people/${encodeURIComponent(personId)}/events`, {
        limit: pageSize,
        before: before?.next ?? undefined,
      });
    },
    get<EventsAnswer>,
    { revalidateFirstPage: false },
  );
}
