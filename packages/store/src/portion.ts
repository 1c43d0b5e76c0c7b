import type { ProjectId } from '@selfsame/identity';
import type { Group, Request } from './decide-group.ts';

/** Of a group that somebody else waits for so long is decided before it is kept, ms. */
const SHARE = 2;

/**
 * Asked after each item of a group: is it enough for now? Then what was decided is kept, and the rest comes in its turn:
 * whoever waits for one commit waits for all of it, and some items take long to decide.
 * @param isWaitedFor does another project wait?
 */
export function enoughAtATime(isWaitedFor: () => boolean): () => boolean {
  const began = performance.now();
  return () => performance.now() - began >= SHARE && isWaitedFor();
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
    const [first, left]: [R[], R[]] = [[], []];
    for (const [i, request] of requests.entries()) {
      const { items } = request;
      const count = counts.get(project)?.[i] ?? 0;
      // Nearly always it is all of it.
      if (count === items.length) first.push(request);
      else if (count === 0) left.push(request);
      else {
        first.push({ ...request, items: items.slice(0, count) });
        left.push({ ...request, items: items.slice(count) });
      }
    }
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
