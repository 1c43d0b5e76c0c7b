import { mkdirSync } from 'node:fs';
import type { Position, ProjectId } from '@selfsame/identity';
import type { ColumnFeed, Columns } from '@selfsame/store';
import { attribution, attributionPeople } from './attribution.ts';
import { columnsClosed } from './closed.ts';
import { type ColumnsFile, isDamage, openFile } from './columns-file.ts';
import { counts, countsPeople } from './counts.ts';
import { days } from './days.ts';
import { discardFile } from './discard-file.ts';
import { BATCH, feedProject } from './feed-project.ts';
import { cursorOf } from './feeding.ts';
import { funnel, funnelPeople } from './funnel.ts';
import { countEvents, countPeople, eventNames, eventsByInsertId, propertyNames, timeline } from './lookups.ts';
import { firstWords, people, peopleNames } from './people.ts';
import { retention, retentionPeople } from './retention.ts';
import { singleFlight } from './single-flight.ts';
import { eventCounts, suspects } from './suspects.ts';

export interface ColumnsOptions {
  /** Holds `columns.duckdb`; made if missing. */
  readonly directory: string;
  readonly feed: (project: ProjectId) => ColumnFeed;
  /** Told while more than one batch of a project is fed: positions done and to do. */
  readonly onProgress?: (project: ProjectId, done: Position, total: Position) => void;
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
  const runs = new Map<ProjectId, () => Promise<void>>();

  /** Of each project one run at a time; those of several projects take turns. */
  function catchUp(project: ProjectId): Promise<void> {
    let run = runs.get(project);
    if (run === undefined) {
      const told = (done: Position, total: Position) => onProgress?.(project, done, total);
      run = singleFlight(() =>
        sound(({ write }) => feedProject({ project, write, feed: feed(project), goesOn, onProgress: told })),
      );
      runs.set(project, run);
    }
    return run();
  }

  /** Runs work on the file; if that finds it damaged, the file is replaced, fed and asked once more. */
  async function sound<T>(work: (file: ColumnsFile) => Promise<T>): Promise<T> {
    const used = file;
    try {
      return await work(used);
    } catch (error) {
      if (closed) throw columnsClosed(error);
      if (isDamage(error)) await replace(used);
      // It went because somebody else found it damaged.
      else if (replacing !== undefined) await replacing;
      else if (file === used) throw error;
      return work(file);
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

  /** The position that everything of a project in the file reaches. */
  const reachOf = async (project: ProjectId): Promise<Position> =>
    (await sound(({ lookup }) => cursorOf(lookup, project))).position;

  /** A question sees everything that was committed before it was asked. */
  async function asked<T>(project: ProjectId, question: (file: ColumnsFile) => Promise<T>): Promise<T> {
    if (closed) throw columnsClosed();
    return sound(async () => {
      await catchUp(project);
      return question(file);
    });
  }

  return {
    catchUp,
    timeline: (project, spans, page) => asked(project, ({ lookup }) => timeline(lookup, project, spans, page)),
    eventsByInsertId: (project, insertId) =>
      asked(project, ({ lookup }) => eventsByInsertId(lookup, project, insertId)),
    async progress(project) {
      if (closed) throw columnsClosed();
      const [through, { position }] = await Promise.all([reachOf(project), feed(project).head()]);
      return { through, last: Math.max(position, through) };
    },
    async overview(project) {
      if (closed) throw columnsClosed();
      const { position: last } = await feed(project).head();
      const fed = catchUp(project);
      // Where little is to be fed, that is awaited; else it goes on while this is answered.
      if (last - (await reachOf(project)) <= BATCH) await fed;
      else fed.catch(() => {});
      return sound(async ({ lookup, question }) => {
        const [through, events, people] = await Promise.all([
          cursorOf(lookup, project).then(({ position }) => position),
          countEvents(lookup, project),
          countPeople(question, project),
        ]);
        return { events, people, through, last: Math.max(last, through) };
      });
    },
    eventNames: (project, limit) => asked(project, ({ lookup }) => eventNames(lookup, project, limit)),
    propertyNames: (project, event, limit) =>
      asked(project, ({ lookup }) => propertyNames(lookup, project, event, limit)),
    funnel: (project, question) => asked(project, (now) => funnel(now.question, project, question)),
    funnelPeople: (project, question) => asked(project, (now) => funnelPeople(now.question, project, question)),
    attribution: (project, question) => asked(project, (now) => attribution(now.question, project, question)),
    retention: (project, question) => asked(project, (now) => retention(now.question, project, question)),
    counts: (project, question) => asked(project, (now) => counts(now.question, project, question)),
    attributionPeople: (project, question) =>
      asked(project, (now) => attributionPeople(now.question, project, question)),
    retentionPeople: (project, question) => asked(project, (now) => retentionPeople(now.question, project, question)),
    countsPeople: (project, question) => asked(project, (now) => countsPeople(now.question, project, question)),
    suspects: (project, limit) => asked(project, (now) => suspects(now.lookup, project, limit)),
    eventCounts: (project, nodes) => asked(project, (now) => eventCounts(now.lookup, project, nodes)),
    people: (project, question) => asked(project, (now) => people(now.question, project, question)),
    firstWords: (project, nodes) => asked(project, ({ lookup }) => firstWords(lookup, project, nodes)),
    peopleNames: (project, limit) => asked(project, ({ lookup }) => peopleNames(lookup, project, limit)),
    days: (project, question) => asked(project, (now) => days(now.question, project, question)),
    close() {
      closed = true;
      return (closing ??= file.close('now'));
    },
  };
}
