import type { ProjectId, Verdict } from '@selfsame/identity';
import type { Item } from './decide-group.ts';

/** Those items of a request that are of one project. */
export interface Part {
  /** Null: of items whose key opens none. */
  readonly project: ProjectId | null;
  readonly items: readonly Item[];
  /** Where each stands in the request. */
  readonly places: readonly number[];
}

/** A request by project, each part in the order of the request; nearly always there is one. */
export function partsOf(items: readonly Item[]): readonly Part[] {
  const parts = new Map<ProjectId | null, { project: ProjectId | null; items: Item[]; places: number[] }>();
  items.forEach((item, i) => {
    const project = (item.type === 'statement' ? item.statement.project : item.project) ?? null;
    let part = parts.get(project);
    if (part === undefined) parts.set(project, (part = { project, items: [], places: [] }));
    part.items.push(item);
    part.places.push(i);
  });
  return [...parts.values()];
}

/**
 * The verdicts of a request, once all its parts have theirs. Where a part failed the request did: whoever sends it again
 * finds the items that were kept to be repeats.
 * @throws what the first of them failed with
 */
export async function inOrder(
  parts: readonly Part[],
  answers: readonly Promise<readonly Verdict[]>[],
): Promise<readonly Verdict[]> {
  if (answers.length === 1) return answers[0] as Promise<readonly Verdict[]>;
  const verdicts: Verdict[] = [];
  for (const [i, answer] of (await Promise.allSettled(answers)).entries()) {
    if (answer.status === 'rejected') throw answer.reason;
    for (const [at, place] of (parts[i] as Part).places.entries()) verdicts[place] = answer.value[at] as Verdict;
  }
  return verdicts;
}
