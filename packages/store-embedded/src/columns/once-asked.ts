import { existsSync } from 'node:fs';
import type { Columns } from '@selfsame/store';
import { columnsClosed } from './closed.ts';
import { columnsIn } from './discard-file.ts';
import type { ColumnsOptions } from './open-columns.ts';

/**
 * Opens the columns beside the truth. Whatever is wrong with the file, it is thrown away and fed again from the log.
 * @throws StoreError when the place cannot be used: locked by another process, no permission, disk full.
 */
export async function openColumns(options: ColumnsOptions): Promise<Columns> {
  // DuckDB takes some 40 MB, which whoever asks nothing has for other things.
  const { openColumns } = await import('./open-columns.ts');
  return openColumns(options);
}

/**
 * The same where somebody has asked before; else the first question opens them. Where that cannot be, the question fails as
 * said above, and the next one tries again.
 */
export async function openColumnsOnceAsked(options: ColumnsOptions): Promise<Columns> {
  // To load DuckDB takes a turn of the event loop of some 50 ms, which a start has and intake has not.
  return existsSync(columnsIn(options.directory)) ? openColumns(options) : openedByAQuestion(options);
}

function openedByAQuestion(options: ColumnsOptions): Columns {
  let opened: Promise<Columns> | undefined;
  let isClosed = false;

  function open(): Promise<Columns> {
    if (isClosed) return Promise.reject(columnsClosed());
    opened ??= openColumns(options).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  }

  async function close(): Promise<void> {
    isClosed = true;
    await opened?.then(
      (columns) => columns.close(),
      () => undefined,
    );
  }

  const ask = <Q extends Exclude<keyof Columns, 'close'>>(question: Q) =>
    (async (...asked: [never, never, never]) => (await open())[question](...asked)) as Columns[Q];
  return {
    catchUp: ask('catchUp'),
    timeline: ask('timeline'),
    eventsByInsertId: ask('eventsByInsertId'),
    overview: ask('overview'),
    progress: ask('progress'),
    eventNames: ask('eventNames'),
    propertyNames: ask('propertyNames'),
    funnel: ask('funnel'),
    attribution: ask('attribution'),
    retention: ask('retention'),
    counts: ask('counts'),
    funnelPeople: ask('funnelPeople'),
    attributionPeople: ask('attributionPeople'),
    retentionPeople: ask('retentionPeople'),
    countsPeople: ask('countsPeople'),
    people: ask('people'),
    firstWords: ask('firstWords'),
    peopleNames: ask('peopleNames'),
    suspects: ask('suspects'),
    eventCounts: ask('eventCounts'),
    days: ask('days'),
    close,
  };
}
