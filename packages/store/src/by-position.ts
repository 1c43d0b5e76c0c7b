import type { Instant, Position, ProjectId } from '@selfsame/identity';
import type { Decided } from './store.ts';

/** A project's log, as it is looked through by position. */
export interface ByPosition {
  head(project: ProjectId): Promise<Position>;
  read(project: ProjectId, after: Position): AsyncIterable<Decided>;
}

/** The first entry of a project after a position; undefined where there is none. */
export async function firstAfter(
  log: Pick<ByPosition, 'read'>,
  project: ProjectId,
  position: Position,
): Promise<Decided | undefined> {
  for await (const one of log.read(project, position)) return one;
  return undefined;
}

/** The last position of a project whose entry arrived when `isWanted` says yes, as of all before it; found by halves. */
export async function lastThat(
  log: ByPosition,
  project: ProjectId,
  isWanted: (arrived: Instant) => boolean,
): Promise<Position> {
  let [low, high] = [0, await log.head(project)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const one = await firstAfter(log, project, middle - 1);
    if (one !== undefined && isWanted(one.entry.at)) low = Math.max(middle, one.entry.position);
    else high = middle - 1;
  }
  return low;
}
