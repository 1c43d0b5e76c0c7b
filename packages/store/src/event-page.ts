import {
  type IdentifierKey,
  type Policy,
  type Position,
  type ProjectId,
  type Undone,
  undoIn,
} from '@selfsame/identity';
import type { EventPage, EventRow, Place } from './columns.ts';
import { eventRow } from './feed-rows.ts';
import { otherCopyKey, repeatKey } from './repeat-key.ts';
import type { Decided, RepeatKey } from './store.ts';

/** Names a place among those of all projects. */
export const placeName = ({ project, position }: Place): string => `${position} ${project}`;

/** What a store knows besides the entries of a page. */
export interface PageParts {
  readonly policyOf: (project: ProjectId) => Policy;
  readonly numberOf: (project: ProjectId, key: IdentifierKey) => number | undefined;
  readonly undone: (project: ProjectId) => Undone;
  readonly at: (project: ProjectId, position: Position) => Decided | undefined;
  /** The entry that used a repeat key last. */
  readonly lastOf: (key: RepeatKey) => Position | undefined;
}

/**
 * The columns' rows of entries that follow one another in the log, as they are read now. Where one of them took
 * something back or put it back ([U2]), the rows of what it names are made anew too.
 */
export function eventPage(page: readonly Decided[], parts: PageParts): EventPage {
  const rows = new Map<string, EventRow>();
  const gone = new Map<string, Place>();
  const rowOf = (one: Decided) => eventRow(one, parts.policyOf, parts.numberOf, parts.undone(one.entry.project));
  const add = (row: EventRow | undefined) => row !== undefined && rows.set(placeName(row), row);

  function restate(position: Position, project: ProjectId): void {
    const decided = parts.at(project, position);
    if (decided === undefined) return;
    const name = placeName({ project, position });
    gone.set(name, { project, position });
    rows.delete(name);
    const row = rowOf(decided);
    if (row !== undefined) {
      if (!isReplaced(decided)) add(row);
      return;
    }
    // [D2] [D3] What it took the place of is the event again.
    const { repeats, outranks } = decided.entry;
    const before = repeats ?? outranks;
    if (before !== undefined && !gone.has(placeName({ project, position: before }))) restate(before, project);
  }

  /** Does another copy that stands take the place of this event? */
  function isReplaced({ entry }: Decided): boolean {
    const lastOf = (key: RepeatKey | undefined) => (key === undefined ? undefined : parts.lastOf(key));
    const [mine, other] = [lastOf(repeatKey(entry)), lastOf(otherCopyKey(entry))];
    const isEvent = (position: Position | undefined) => {
      const copy =
        position === undefined || position === entry.position ? undefined : parts.at(entry.project, position);
      return copy !== undefined && rowOf(copy) !== undefined;
    };
    return (mine !== undefined && mine > entry.position && isEvent(mine)) || (entry.trust === 0 && isEvent(other));
  }

  for (const decided of page) {
    const undo = undoIn(decided);
    if (undo === undefined) add(rowOf(decided));
    else for (const { entry } of undo.told) restate(entry, decided.entry.project);
  }
  return { rows: [...rows.values()], gone: [...gone.values()] };
}
