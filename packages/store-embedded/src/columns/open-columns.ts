import { mkdirSync } from 'node:fs';
import type { Position } from '@selfsame/identity';
import {
  type ColumnFeed,
  type Columns,
  type EventPage,
  type EventRow,
  type OwnershipChange,
  placeName,
  StoreError,
  Turn,
} from '@selfsame/store';
import { attribution, attributionPeople } from './attribution.ts';
import { type ColumnsFile, columnsClosed, discardFile, isDamage, openFile } from './columns-file.ts';
import { counts, countsPeople } from './counts.ts';
import { days } from './days.ts';
import { addEvents, addOwnership, type Cursor, forget, reachOf, readCursor } from './feeding.ts';
import { funnel, funnelPeople } from './funnel.ts';
import { countEvents, countPeople, eventNames, eventsByInsertId, propertyNames, timeline } from './lookups.ts';
import { firstWords, people, peopleNames } from './people.ts';
import { retention, retentionPeople } from './retention.ts';
import { singleFlight } from './single-flight.ts';
import { eventCounts, suspects } from './suspects.ts';

/** Log positions and changes one transaction takes. */
const BATCH = 5_000;
/** Log positions that are read at once, in a turn of the event loop. */
const PAGE = 100;
/** Stretches after which one transaction takes no more changes: of merged devices each may have thousands. */
const MOST_STRETCHES = 50_000;

export interface ColumnsOptions {
  /** Holds `columns.duckdb`; made if missing. */
  readonly directory: string;
  readonly feed: ColumnFeed;
  /** Told while more than one batch is fed: positions done and to do. */
  readonly onProgress?: (done: Position, total: Position) => void;
  /** One line when the file is thrown away; names nobody (S40). Default: standard error. */
  readonly log?: (line: string) => void;
  /** What DuckDB may use before it spills to disk, MiB. Default 1024. */
  readonly memoryMegabytes?: number;
  /** Default 2. */
  readonly threads?: number;
}

/**
 * Opens the columns beside the truth. Whatever is wrong with the file, it is thrown away and fed again from the log.
 * @throws StoreError when the place cannot be used: locked by another process, no permission, disk full.
 */
export async function openColumns(options: ColumnsOptions): Promise<Columns> {
  const { directory, feed, log = console.error, memoryMegabytes = 1024, threads = 2, onProgress } = options;
  const place = { directory, log, memoryMegabytes, threads };
  mkdirSync(directory, { recursive: true });
  let file = await openFile(place);
  let closed = false;
  let closing: Promise<void> | undefined;

  /** A log of millions takes minutes to feed, which nobody who closes waits for: the next start goes on from there (G15). */
  const goesOn = () => {
    if (closed) throw columnsClosed();
  };
  const catchUp = singleFlight(() =>
    sound(() => file.write.exclusively((connection) => feedAll(connection, feed, goesOn, onProgress))),
  );

  /** Runs work on the file; if that finds it damaged, the file is replaced, fed and asked once more. */
  async function sound<T>(work: () => Promise<T>): Promise<T> {
    const used = file;
    try {
      return await work();
    } catch (error) {
      if (closed) throw columnsClosed(error);
      if (!isDamage(error)) throw error;
      await replace(used);
      return work();
    }
  }

  let replacing: Promise<void> | undefined;
  function replace(used: ColumnsFile): Promise<void> {
    if (file !== used) return Promise.resolve();
    replacing ??= (async () => {
      log('columns: the file is damaged; feeding it again');
      await used.close();
      discardFile(directory);
      file = await openFile(place);
    })().finally(() => {
      replacing = undefined;
    });
    return replacing;
  }

  /** A question sees everything that was committed before it was asked. */
  function asked<T>(question: (file: ColumnsFile) => Promise<T>): Promise<T> {
    if (closed) return Promise.reject(columnsClosed());
    return sound(async () => {
      await catchUp();
      return question(file);
    });
  }

  return {
    catchUp,
    async rebuild(progress) {
      await sound(() =>
        file.write.exclusively(async (connection) => {
          await forget(connection, '');
          await feedAll(connection, feed, goesOn, progress ?? onProgress);
        }),
      );
    },
    timeline: (project, spans, page) => asked(({ lookup }) => timeline(lookup, project, spans, page)),
    eventsByInsertId: (project, insertId) => asked(({ lookup }) => eventsByInsertId(lookup, project, insertId)),
    async progress() {
      if (closed) throw columnsClosed();
      const [through, { position }] = await Promise.all([sound(() => reachOf(file.lookup)), feed.head()]);
      return { through, last: Math.max(position, through) };
    },
    async overview(project) {
      if (closed) throw columnsClosed();
      const { position: last } = await feed.head();
      const fed = sound(catchUp);
      // Where little is to be fed, that is awaited; else it goes on while this is answered.
      if (last - (await sound(() => reachOf(file.lookup))) <= BATCH) await fed;
      else fed.catch(() => {});
      return sound(async () => {
        const { lookup, question } = file;
        const [through, events, people] = await Promise.all([
          reachOf(lookup),
          countEvents(lookup, project),
          countPeople(question, project),
        ]);
        return { events, people, through, last: Math.max(last, through) };
      });
    },
    eventNames: (project, limit) => asked(({ lookup }) => eventNames(lookup, project, limit)),
    propertyNames: (project, event, limit) => asked(({ lookup }) => propertyNames(lookup, project, event, limit)),
    funnel: (project, question) => asked((now) => funnel(now.question, project, question)),
    funnelPeople: (project, question) => asked((now) => funnelPeople(now.question, project, question)),
    attribution: (project, question) => asked((now) => attribution(now.question, project, question)),
    retention: (project, question) => asked((now) => retention(now.question, project, question)),
    counts: (project, question) => asked((now) => counts(now.question, project, question)),
    attributionPeople: (project, question) => asked((now) => attributionPeople(now.question, project, question)),
    retentionPeople: (project, question) => asked((now) => retentionPeople(now.question, project, question)),
    countsPeople: (project, question) => asked((now) => countsPeople(now.question, project, question)),
    suspects: (project, limit) => asked((now) => suspects(now.lookup, project, limit)),
    eventCounts: (project, nodes) => asked((now) => eventCounts(now.lookup, project, nodes)),
    people: (project, question) => asked((now) => people(now.question, project, question)),
    firstWords: (project, nodes) => asked(({ lookup }) => firstWords(lookup, project, nodes)),
    peopleNames: (project, limit) => asked(({ lookup }) => peopleNames(lookup, project, limit)),
    days: (project, question) => asked((now) => days(now.question, project, question)),
    close() {
      closed = true;
      return (closing ??= file.close('now'));
    },
  };
}

/**
 * Feeds ownership before events, so that a question between two batches never meets an event whose owner is still to
 * come. Starts over when the graph was folded anew, or when the truth is younger than we are (it was restored).
 * @param goesOn asked before each piece; throws to leave what is not put away yet for another time
 */
async function feedAll(
  connection: Parameters<typeof readCursor>[0],
  feed: ColumnFeed,
  goesOn: () => void,
  onProgress: ((done: Position, total: Position) => void) | undefined,
): Promise<void> {
  let cursor: Cursor = await readCursor(connection);
  let head = await feed.head(cursor.position);
  if (cursor.epoch !== head.epoch || cursor.position > head.position || cursor.change > head.change) {
    await forget(connection, head.epoch);
    cursor = { epoch: head.epoch, position: 0, change: 0 };
    head = await feed.head(0);
  }
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
    await addOwnership(connection, changes, change);
  }
  for await (const changes of head.pending()) {
    goesOn();
    await addOwnership(connection, changes, head.change);
  }
  const many = head.position - cursor.position > BATCH;
  for (let position = cursor.position; position < head.position; ) {
    const last = Math.min(head.position, position + BATCH);
    const pages: EventPage[] = [];
    while (position < last) {
      goesOn();
      const { through, ...page } = await feed.events(position, Math.min(PAGE, last - position));
      if (through <= position) throw new StoreError('store/corrupt', 'the log ends before its head');
      position = through;
      pages.push(page);
      await turn.next();
    }
    await addEvents(connection, together(pages), position);
    if (many) onProgress?.(position, head.position);
  }
}

/** Pages that follow one another as one: what a later one takes out, or says anew, an earlier one no longer says. */
function together(pages: readonly EventPage[]): EventPage {
  const rows = new Map<string, EventRow>();
  for (const page of pages) {
    for (const place of page.gone) rows.delete(placeName(place));
    for (const row of page.rows) rows.set(placeName(row), row);
  }
  return { rows: [...rows.values()], gone: pages.flatMap(({ gone }) => gone) };
}
