import type { Position, ProjectId } from '@selfsame/identity';
import {
  type ColumnFeed,
  type EventPage,
  type EventRow,
  type OwnershipChange,
  StoreError,
  Turn,
} from '@selfsame/store';
import type { Lane } from './columns-file.ts';
import { addEvents, addOwnership, cursorOf, forget } from './feeding.ts';

/** Events and changes one transaction takes. */
export const BATCH = 5_000;
/** Log positions after which one transaction takes no more events, where these are far apart. */
const MOST_POSITIONS = 10 * BATCH;
/** Entries that are read at once, in a turn of the event loop. */
const PAGE = 100;
/** Stretches after which one transaction takes no more changes: of merged devices each may have thousands. */
const MOST_STRETCHES = 50_000;

export interface ProjectParts {
  readonly project: ProjectId;
  readonly feed: ColumnFeed;
  /** Where the tables are written: between two transactions others may write those of other projects. */
  readonly write: Lane;
  /** Asked before each piece; throws to leave what is not put away yet for another time. */
  readonly goesOn: () => void;
  /** Told while more than one batch is fed: positions done and to do. */
  readonly onProgress: (done: Position, total: Position) => void;
}

/**
 * Feeds what the truth has of a project. Ownership before events, so that a question between two batches never meets an
 * event whose owner is still to come. Starts over when the project's graph was folded anew, or when the truth is younger
 * than we are (it was restored).
 */
export async function feedProject({ project, feed, write, goesOn, onProgress }: ProjectParts): Promise<void> {
  let cursor = await cursorOf(write, project);
  let head = await feed.head(cursor.position);
  if (cursor.epoch !== head.epoch || cursor.position > head.position || cursor.change > head.change) {
    const { epoch } = head;
    cursor = await write.exclusively((connection) => forget(connection, project, epoch));
    head = await feed.head(0);
  }
  const addOwners = (changes: readonly OwnershipChange[], through: number) =>
    write.exclusively((connection) => addOwnership(connection, project, changes, through));
  const turn = new Turn();
  for (let change = cursor.change; change < head.change; ) {
    const changes: OwnershipChange[] = [];
    let stretches = 0;
    while (change < head.change && changes.length < BATCH && stretches < MOST_STRETCHES) {
      goesOn();
      const limit = BATCH - changes.length;
      const some = await feed.ownership(change, limit);
      // A batch whose nodes are all gone is empty, and says nothing of those after it.
      change = Math.min(head.change, some.at(-1)?.change ?? change + limit);
      for (const one of some) stretches += one.stretches.length;
      changes.push(...some);
      await turn.next();
    }
    await addOwners(changes, change);
  }
  for await (const changes of head.pending()) {
    goesOn();
    await addOwners(changes, head.change);
  }
  const many = head.position - cursor.position > BATCH;
  for (let position = cursor.position; position < head.position; ) {
    const from = position;
    const pages: EventPage[] = [];
    for (let rows = 0; position < head.position && rows < BATCH && position - from < MOST_POSITIONS; ) {
      goesOn();
      const { through, ...page } = await feed.events(position, head.position, Math.min(PAGE, BATCH - rows));
      if (through <= position) throw new StoreError('store/corrupt', 'the log ends before its head');
      position = through;
      rows += page.rows.length;
      pages.push(page);
      await turn.next();
    }
    const reached = position;
    await write.exclusively((connection) => addEvents(connection, project, together(pages), reached));
    if (many) onProgress(position, head.position);
  }
}

/** Pages that follow one another as one: what a later one takes out, or says anew, an earlier one no longer says. */
function together(pages: readonly EventPage[]): EventPage {
  const rows = new Map<Position, EventRow>();
  for (const page of pages) {
    for (const position of page.gone) rows.delete(position);
    for (const row of page.rows) rows.set(row.position, row);
  }
  return { rows: [...rows.values()], gone: pages.flatMap(({ gone }) => gone) };
}
