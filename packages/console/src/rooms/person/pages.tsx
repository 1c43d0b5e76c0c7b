import useSWRInfinite from 'swr/infinite';
import { type CallError, get } from '../../api/call.ts';
import { usePath } from '../../api/project.ts';
import { count } from '../../parts/format.ts';
import { Failure } from '../../parts/states.tsx';

interface Page {
  readonly next: number | null;
}

/** What of a list of a person comes after the `first` entries that the person's own answer holds. */
export interface Rest<P> {
  readonly pages: readonly P[];
  readonly isLoading: boolean;
  readonly error: CallError | undefined;
  readonly load: () => void;
}

/** Nothing is asked before `load` is called; each call asks for a page more. */
export function useRest<P extends Page>(
  personId: string,
  list: 'identifiers' | 'traits' | 'segments' | 'former-ids',
  first: number,
): Rest<P> {
  const path = usePath();
  const { data, error, size, setSize, isValidating, mutate } = useSWRInfinite<P, CallError>(
    (page, before) => {
      if (page > 0 && (before === null || before.next === null)) return null;
      return path(`/v1/people/${encodeURIComponent(personId)}/${list}`, { offset: before?.next ?? first });
    },
    get<P>,
    { initialSize: 0, revalidateFirstPage: false },
  );
  const load = () => void (error === undefined ? setSize(size + 1) : mutate());
  return { pages: data ?? [], isLoading: isValidating && size > (data?.length ?? 0), error, load };
}

/** The button that asks for more of a list, saying how much of it is here; nothing where that is all. */
export function More({ of, shown, total, rest }: { of: string; shown: number; total: number; rest: Rest<unknown> }) {
  if (rest.error !== undefined) return <Failure error={rest.error} retry={rest.load} />;
  if (shown >= total) return null;
  return (
    <p className="muted">
      The first {count(shown)} of {count(total)} {of}.{' '}
      <button type="button" className="button button-quiet" disabled={rest.isLoading} onClick={rest.load}>
        {rest.isLoading ? 'Loading …' : `Load more ${of}`}
      </button>
    </p>
  );
}
