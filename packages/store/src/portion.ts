import type { ProjectId } from '@selfsame/identity';
import type { Group, Request } from './decide-group.ts';

/** Of a group that somebody else waits for so long is decided before it is kept, ms. */
const SHARE = 2;

/**
 * How long a group is decided before what was decided is kept, and the rest comes in its turn: whoever waits for one
 * commit waits for all of it, and some items take long to decide.
 */
export class Portion {
  readonly #began = performance.now();
  readonly #isWaitedFor: () => boolean;

  /** `isWaitedFor`: does another project wait? */
  constructor(isWaitedFor: () => boolean) {
    this.#isWaitedFor = isWaitedFor;
  }

  get isFull(): boolean {
    return performance.now() - this.#began >= SHARE && this.#isWaitedFor();
  }
}

/** How many items of each request of a project come first. */
export type Counts = ReadonlyMap<ProjectId | null, readonly number[]>;

/** The first items of a group that have so many bytes as JSON together, about, and one at least: many take long to write. */
export function firstBytes(group: Group, most: number): Counts {
  const counts = new Map<ProjectId | null, readonly number[]>();
  let bytes = 0;
  for (const [project, requests] of group)
    counts.set(
      project,
      requests.map(({ items }) => {
        let count = 0;
        for (; count < items.length && bytes < most; count++) {
          const item = items[count];
          bytes += item?.type === 'statement' ? weightOf(item.statement.command) : 1;
        }
        return count;
      }),
    );
  return counts;
}

/** What of a group comes first, and the rest of it; requests and projects of which nothing does are in the rest alone. */
export function splitAt<R extends Request>(whole: Group<R>, counts: Counts): { group: Group<R>; rest: Group<R> } {
  const group = new Map<ProjectId | null, readonly R[]>();
  const rest = new Map<ProjectId | null, readonly R[]>();
  for (const [project, requests] of whole) {
    const count = (i: number) => counts.get(project)?.[i] ?? 0;
    const part = (of: (items: R['items'], i: number) => R['items']): readonly R[] =>
      requests
        .map((request, i) => {
          const items = of(request.items, i);
          return items.length === request.items.length ? request : { ...request, items };
        })
        .filter(({ items }) => items.length > 0);
    const [first, left] = [part((items, i) => items.slice(0, count(i))), part((items, i) => items.slice(count(i)))];
    if (first.length > 0) group.set(project, first);
    if (left.length > 0) rest.set(project, left);
  }
  return { group, rest };
}

/** About how long a value is as JSON. */
function weightOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 5;
  let weight = 2;
  if (Array.isArray(value)) for (const one of value) weight += 1 + weightOf(one);
  else for (const [name, one] of Object.entries(value)) weight += name.length + 4 + weightOf(one);
  return weight;
}
