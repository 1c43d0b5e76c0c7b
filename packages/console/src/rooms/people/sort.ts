import { useChoice } from '../../address/params.ts';

const sorts = ['last-active', 'first-active', 'events', 'name'] as const;
export type SortBy = (typeof sorts)[number];

/** What the address may say after `sort=`. */
export const sortValues = sorts.flatMap((by) => [by, `${by}-up`] as const);

export interface Sort {
  readonly by: SortBy;
  readonly descending: boolean;
  /** By this one; the other way round when it is so already. */
  readonly sortBy: (by: SortBy) => void;
}

/** How the list is sorted, in the address: `sort=events`, and `sort=events-up` for the smallest first. */
export function useSort(): Sort {
  const [text, set] = useChoice<(typeof sortValues)[number]>('sort', sortValues, 'last-active');
  const descending = !text.endsWith('-up');
  const by = (descending ? text : text.slice(0, -3)) as SortBy;
  return {
    by,
    descending,
    sortBy(next) {
      // Names begin at A, figures at the largest.
      const down = next === by ? !descending : next !== 'name';
      set(down ? next : `${next}-up`);
    },
  };
}
