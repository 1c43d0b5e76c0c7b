import { type Position, undoIn } from '@selfsame/identity';
import type { EventPage, EventRow } from './columns.ts';
import { eventRow, type RowParts } from './feed-rows.ts';
import { otherCopyKey, repeatKey } from './repeat-key.ts';
import type { Decided, RepeatKey } from './store.ts';

/** What a store knows of the project besides the entries of a page. */
export interface PageParts extends RowParts {
  readonly at: (position: Position) => Decided | undefined;
  /** The entry that used a repeat key last. */
  readonly lastOf: (key: RepeatKey) => Position | undefined;
}

/**
 * The columns' rows of entries that follow one another in the log of a project, as they are read now. Where one of them took
 * something back or put it back ([U2]), the rows of what it names are made anew too.
 */
export function eventPage(page: readonly Decided[], parts: PageParts): EventPage {
  const rows = new Map<Position, EventRow>();
  const gone = new Set<Position>();
  const rowOf = (one: Decided) => eventRow(one, parts);
  const add = (row: EventRow | undefined) => row !== undefined && rows.set(row.position, row);

  function restate(position: Position): void {
    const decided = parts.at(position);
    if (decided === undefined) return;
    gone.add(position);
    rows.delete(position);
    const row = rowOf(decided);
    if (row !== undefined) {
      if (!isReplaced(decided)) add(row);
      return;
    }
    // [D2] [D3] What it took the place of is the event again.
    const { repeats, outranks } = decided.entry;
    const before = repeats ?? outranks;
    if (before !== undefined && !gone.has(before)) restate(before);
  }

  /** Does another copy that stands take the place of this event? */
  function isReplaced({ entry }: Decided): boolean {
    const lastOf = (key: RepeatKey | undefined) => (key === undefined ? undefined : parts.lastOf(key));
    const [mine, other] = [lastOf(repeatKey(entry)), lastOf(otherCopyKey(entry))];
    const isEvent = (position: Position | undefined) => {
      const copy = position === undefined || position === entry.position ? undefined : parts.at(position);
      return copy !== undefined && rowOf(copy) !== undefined;
    };
    return (mine !== undefined && mine > entry.position && isEvent(mine)) || (entry.trust === 0 && isEvent(other));
  }

  for (const decided of page) {
    const undo = undoIn(decided);
    if (undo === undefined) add(rowOf(decided));
    else for (const { entry } of undo.told) restate(entry);
  }
  return { rows: [...rows.values()], gone: [...gone] };
}
