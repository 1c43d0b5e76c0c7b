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
  const restated = new Set<Position>();
  const { at, undone } = parts;
  const stands = (copy: Position) => !undone.covers(copy);

  /** Takes an event in, if it counts, and out whichever copy it takes the place of: one that does not count takes that all the same. */
  function add(decided: Decided, isLatest: boolean): void {
    const row = eventRow(decided, parts);
    if (row === undefined) return;
    const { repeats, outranks } = decided.entry;
    const replaces = copyOf(repeats, stands) ?? copyOf(outranks, stands);
    if (replaces !== undefined) {
      rows.delete(replaces);
      gone.add(replaces);
    }
    if (isLatest && !isOutranked(decided)) rows.set(row.position, replaces === undefined ? row : { ...row, replaces });
  }

  function restate(first: Position): void {
    const open: (Position | undefined)[] = [first];
    while (open.length > 0) {
      const position = open.pop();
      const decided = position === undefined || restated.has(position) ? undefined : at(position);
      if (position === undefined || decided === undefined) continue;
      const { repeats, outranks, trust } = decided.entry;
      restated.add(position);
      rows.delete(position);
      gone.add(position);
      if (eventRow(decided, parts) === undefined) {
        // [D2] [D3] What it took the place of is the event again.
        open.push(repeats, outranks);
      } else add(decided, !isReplaced(decided));
      // [D3] A page's copy is the event as long as no backend's stands, whichever came first.
      if (trust > 0) open.push(lastOf(otherCopyKey(decided.entry)));
    }
  }

  /** Does another copy that stands take the place of this event? */
  const isReplaced = ({ entry }: Decided): boolean =>
    (latestEvent(repeatKey(entry)) ?? 0) > entry.position ||
    (entry.trust === 0 && latestEvent(otherCopyKey(entry)) !== undefined);

  /** [D3] Of what a page sent when a backend had: does a copy of the backend's stand? */
  function isOutranked({ entry }: Decided): boolean {
    if (entry.outrankedBy === undefined) return false;
    const key = otherCopyKey(entry);
    // Insert ids are forgotten after a while.
    const standing = lastOf(key) === undefined ? copyOf(entry.outrankedBy, stands) : latestStanding(key);
    return standing !== undefined;
  }

  const lastOf = (key: RepeatKey | undefined) => (key === undefined ? undefined : parts.lastOf(key));
  const latestStanding = onceFor((key) => copyOf(lastOf(key), stands));
  const latestEvent = onceFor((key) =>
    copyOf(lastOf(key), (copy) => {
      const decided = at(copy);
      return decided !== undefined && eventRow(decided, parts) !== undefined;
    }),
  );

  /** The first that is so of a copy, the one it repeats, and so on back. */
  function copyOf(last: Position | undefined, isSo: (copy: Position) => boolean): Position | undefined {
    let copy = last;
    while (copy !== undefined && !isSo(copy)) copy = at(copy)?.entry.repeats;
    return copy;
  }

  for (const decided of page) {
    const undo = undoIn(decided);
    if (undo === undefined) add(decided, true);
    else for (const { entry } of undo.told) restate(entry);
  }
  return { rows: [...rows.values()], gone: [...gone] };
}

/** What is found of a key is the same for a whole page. */
function onceFor(find: (key: RepeatKey) => Position | undefined) {
  const found = new Map<RepeatKey, Position | undefined>();
  return (key: RepeatKey | undefined): Position | undefined => {
    if (key !== undefined && !found.has(key)) found.set(key, find(key));
    return key === undefined ? undefined : found.get(key);
  };
}
