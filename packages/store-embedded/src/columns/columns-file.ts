import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { StoreError } from '@selfsame/store';
import { columnsClosed } from './closed.ts';
import { columnsIn, discardFile } from './discard-file.ts';
import { Parameters } from './parameters.ts';
import { tables, VERSION } from './schema.ts';

export interface FileOptions {
  readonly directory: string;
  /** What DuckDB may use before it spills to disk, MiB. */
  readonly memoryMegabytes: number;
  readonly threads: number;
  /** One line for the operator's log; names nobody (S40). */
  readonly log: (line: string) => void;
}

export type Row = Readonly<Record<string, unknown>>;

/**
 * `columns.duckdb` and its connections. One statement at a time runs on each lane: `write` feeds the tables,
 * `question` scans them, `lookup` answers small things without waiting behind a question.
 */
export interface ColumnsFile {
  readonly write: Lane;
  readonly question: Lane;
  readonly lookup: Lane;
  /**
   * Takes no more, lets what runs or waits on the lanes end, and lets go of the file. `now`: what is asked is broken off,
   * and nothing that waits begins.
   */
  close(when?: 'now'): Promise<void>;
}

export interface Lane {
  readonly connection: DuckDBConnection;
  /** Runs after what waits on this lane; `work` has the connection to itself. @throws StoreError once the file is closed. */
  exclusively<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /** One statement's rows, with `build` naming its values. */
  rows<T extends object = Row>(build: (parameters: Parameters) => string): Promise<readonly T[]>;
}

/**
 * Opens the file. One that is damaged or of another version is thrown away: all of it is fed again from the log.
 * @throws StoreError when the place cannot be used at all (locked by another process, no permission, disk full).
 */
export async function openFile(options: FileOptions): Promise<ColumnsFile> {
  const path = columnsIn(options.directory);
  try {
    return await attempt(path, options);
  } catch (error) {
    if (isPlaceTrouble(error))
      throw new StoreError('store/unavailable', 'the columns file cannot be opened', { cause: error });
    options.log(`columns: ${error instanceof Foreign ? error.message : 'the file is damaged'}; feeding it again`);
    discardFile(options.directory);
    return attempt(path, options);
  }
}

/** The file was written by another version of this program, or by somebody else. */
class Foreign extends Error {}

async function attempt(path: string, options: FileOptions): Promise<ColumnsFile> {
  const instance = await DuckDBInstance.create(path, {
    threads: String(options.threads),
    memory_limit: `${options.memoryMegabytes}MiB`,
    temp_directory: `${path}.tmp`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  try {
    const write = lane(await instance.connect());
    // The optimizer guesses a filter's share badly and then builds hash tables over millions of events instead of over
    // the identifiers, which doubles the cost of the ownership join. Our texts name the small side second.
    await write.connection.run("SET GLOBAL disabled_optimizers = 'join_order,build_side_probe_side'");
    // From here on no statement reaches a file or the network, and none can turn that back on (S38).
    await write.connection.run('SET enable_external_access = false; SET lock_configuration = true');
    const [known] = await write.rows<{ tables: number; mine: number }>(
      () =>
        "SELECT count(*)::INTEGER AS tables, count(*) FILTER (table_name = 'meta')::INTEGER AS mine FROM duckdb_tables()",
    );
    if (known?.tables === 0) await write.connection.run(`BEGIN; ${tables}; COMMIT`);
    else if (known?.mine !== 1) throw new Foreign('the file is not ours');
    const [meta] = await write.rows<{ version: number }>(() => 'SELECT version FROM meta');
    if (meta?.version !== VERSION) throw new Foreign(`the file is of version ${meta?.version}`);
    const question = lane(await instance.connect());
    const lookup = lane(await instance.connect());
    return {
      write,
      question,
      lookup,
      async close(when) {
        const ended = Promise.all([write, question, lookup].map((one) => one.end(when)));
        // More than once: DuckDB forgets it where the statement is only about to begin.
        const breakOff = () => {
          for (const one of [question, lookup]) one.connection.interrupt();
        };
        const again = when === 'now' ? setInterval(breakOff, BREAK_OFF) : undefined;
        // A statement that ran on after its connection had gone would take the process along.
        await ended;
        clearInterval(again);
        for (const one of [write, question, lookup]) one.connection.closeSync();
        instance.closeSync();
      },
    };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/** Between two tries to break off a question, ms. */
const BREAK_OFF = 20;

function lane(connection: DuckDBConnection): Lane & { end(when?: 'now'): Promise<unknown> } {
  let last: Promise<unknown> = Promise.resolve();
  let isOver = false;
  let isGivenUp = false;
  const exclusively = <T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    if (isOver) return Promise.reject(columnsClosed());
    const begin = () => (isGivenUp ? Promise.reject(columnsClosed()) : work(connection));
    const mine = last.then(begin, begin);
    last = mine;
    return mine;
  };
  return {
    connection,
    exclusively,
    end(when) {
      isOver = true;
      isGivenUp = when === 'now';
      return last.catch(() => undefined);
    },
    rows: <T extends object>(build: (parameters: Parameters) => string) =>
      exclusively(async () => {
        const parameters = new Parameters();
        const text = build(parameters);
        const reader = await connection.runAndReadAll(text, parameters.values, parameters.types);
        return reader.getRowObjectsJS() as unknown as readonly T[];
      }),
  };
}

/** Trouble with the place, for which throwing the file away would be no help. */
const isPlaceTrouble = (error: unknown): boolean =>
  error instanceof Error &&
  !isDamage(error) &&
  /^IO Error: .*(could not set lock|permission denied|no space left|too many open files|read-only)/is.test(
    error.message,
  );

/**
 * Does this say that the bytes in the file are not to be believed? Only the start of a message is looked at: the rest
 * may quote what somebody sent.
 */
export const isDamage = (error: unknown): boolean =>
  error instanceof Error && /^(Serialization Error|FATAL Error|IO Error: Corrupt)/.test(error.message);
