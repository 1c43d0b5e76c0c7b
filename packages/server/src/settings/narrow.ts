import type { ProjectId } from '@selfsame/identity';
import type { Counts } from '@selfsame/store';

/** The wires by which something of a project's has been kept, in order of their names. */
const usedWires = (project: ProjectId, counts: readonly Counts[]): readonly string[] =>
  counts
    .filter((one) => one.project === project && one.applied + one.duplicate > 0)
    .map(({ wire }) => wire)
    .toSorted();

/**
 * What to write into the settings of a project that answers on every wire, of which the weakest decides what a stranger
 * with its public key may say; undefined where it is narrowed already, or nothing has come yet to tell by.
 */
export function narrowing(
  project: { readonly id: ProjectId; readonly speaks?: readonly string[] | undefined },
  counts: readonly Counts[],
): string | undefined {
  const used = usedWires(project.id, counts);
  return project.speaks !== undefined || used.length === 0 ? undefined : `"speaks": ${JSON.stringify(used)}`;
}
