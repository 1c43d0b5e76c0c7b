import {
  BIGINT,
  BOOLEAN,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  LIST,
  listValue,
  VARCHAR,
} from '@duckdb/node-api';
import type { ProjectId } from '@selfsame/identity';
import { type EventPage, type EventRow, type OwnershipChange, type Suspicion, Turn } from '@selfsame/store';
import { hashOf } from '../seen/key-filter.ts';
import type { Lane } from './columns-file.ts';
import { wholeNumber } from './parameters.ts';
import { BEGINNING, END, tableNames, touchProperties } from './schema.ts';

/** How far the tables reach into the feed of a project. */
export interface Cursor {
  readonly epoch: string;
  readonly position: number;
  readonly change: number;
}

/** Rows DuckDB takes in one piece, and pieces after which it puts them away: of more it holds the event loop. */
const CHUNK = 1024;
const MOST_CHUNKS = 8;

/** What a column takes, and its value for one row. */
type Column<T> = readonly [DuckDBType, (row: T) => DuckDBValue];

const eventColumns: readonly Column<EventRow>[] = [
  [VARCHAR, (row) => row.project],
  [BIGINT, (row) => wholeNumber(row.position)],
  [VARCHAR, (row) => row.name.toWellFormed()],
  [BIGINT, (row) => wholeNumber(row.time)],
  [VARCHAR, (row) => row.insertId?.toWellFormed() ?? null],
  [VARCHAR, (row) => row.anchor],
  [INTEGER, (row) => row.node],
  [VARCHAR, (row) => row.device],
  [BIGINT, ownNumber],
  [VARCHAR, (row) => row.wire],
  [BOOLEAN, (row) => row.hidden],
  [VARCHAR, (row) => jsonText(row.properties)],
  [VARCHAR, (row) => touchesOf(row.properties)],
];

/** Where a project is that was never fed. */
const START: Cursor = { epoch: '', position: 0, change: 0 };

export async function cursorOf(lane: Lane, project: ProjectId): Promise<Cursor> {
  const [cursor] = await lane.rows<Cursor>(
    (parameters) => `SELECT epoch, position::DOUBLE AS position, change::DOUBLE AS change FROM cursors
      WHERE project = ${parameters.text(project)}`,
  );
  return cursor ?? START;
}

/** Takes a project out of every table, and puts it at its start. The rows are gone once this has committed; the space is used again. */
export async function forget(connection: DuckDBConnection, project: ProjectId, epoch: string): Promise<Cursor> {
  await transaction(connection, async () => {
    for (const table of [...tableNames, 'cursors'])
      await connection.run(`DELETE FROM ${table} WHERE project = $1`, [project]);
    await connection.run('INSERT INTO cursors VALUES ($1, $2, 0, 0)', [project, epoch]);
  });
  return { ...START, epoch };
}

/**
 * Takes out what is gone of a project, adds events and moves its cursor, in one transaction. [D2] A row that replaces
 * another takes its place.
 */
export async function addEvents(
  connection: DuckDBConnection,
  project: ProjectId,
  { rows, gone }: EventPage,
  through: number,
): Promise<void> {
  const replaced = new Set(rows.flatMap(({ replaces }) => replaces ?? []));
  const out = [...replaced, ...gone];
  const kept = rows.filter((row) => !replaced.has(row.position));
  await transaction(connection, async () => {
    if (out.length > 0)
      await connection.run(
        'DELETE FROM events WHERE project = $1 AND position IN (SELECT unnest($2))',
        [project, listValue(out.map(wholeNumber))],
        [VARCHAR, LIST(BIGINT)],
      );
    await append(connection, 'events', eventColumns, kept);
    await addPropertyNames(connection, project, kept);
    await moveCursor(connection, project, 'position', through);
  });
}

const moveCursor = (connection: DuckDBConnection, project: ProjectId, what: 'position' | 'change', to: number) =>
  connection.run(`UPDATE cursors SET ${what} = $1 WHERE project = $2`, [wholeNumber(to), project], [BIGINT, VARCHAR]);

/** Replaces what is known of these nodes of a project and moves its cursor, in one transaction. */
export async function addOwnership(
  connection: DuckDBConnection,
  project: ProjectId,
  changes: readonly OwnershipChange[],
  through: number,
): Promise<void> {
  const latest = [...new Map(changes.map((change) => [change.node, { ...change, project }])).values()];
  await transaction(connection, async () => {
    const nodes = listValue(latest.map((change) => change.node));
    for (const table of ['owner', 'split', 'suspicion', 'people'])
      await connection.run(
        `DELETE FROM ${table} WHERE project = $1 AND node IN (SELECT unnest($2))`,
        [project, nodes],
        [VARCHAR, LIST(INTEGER)],
      );
    const owned = latest.filter((change) => change.stretches.length > 0);
    await append(connection, 'owner', ownerColumns, owned);
    await append(connection, 'split', splitColumns, splitRows(owned));
    await append(
      connection,
      'suspicion',
      suspicionColumns,
      owned.flatMap(({ suspicion, ...of }) => (suspicion === undefined ? [] : [{ ...of, ...suspicion }])),
    );
    await append(
      connection,
      'people',
      peopleColumns,
      latest.flatMap(({ person, ...named }) => (person === null ? [] : [{ ...named, ...person }])),
    );
    await moveCursor(connection, project, 'change', through);
  });
}

/** A change, and whose it is. */
type Change = OwnershipChange & { readonly project: ProjectId };

const ownerColumns: readonly Column<Change>[] = [
  [INTEGER, (change) => change.node],
  [INTEGER, soleOwner],
  [VARCHAR, (change) => change.project],
  [VARCHAR, (change) => change.key.toWellFormed()],
];

type Stretch = OwnershipChange['stretches'][number] & Pick<Change, 'project' | 'node'>;
const splitColumns: readonly Column<Stretch>[] = [
  [VARCHAR, (stretch) => stretch.project],
  [INTEGER, (stretch) => stretch.node],
  [BIGINT, ({ from }) => (from === null ? BEGINNING : wholeNumber(from))],
  [BIGINT, ({ to }) => (to === null ? END : wholeNumber(to))],
  [BIGINT, (stretch) => wholeNumber(stretch.person)],
];
function* splitRows(changes: readonly Change[]): Generator<Stretch> {
  for (const change of changes) {
    const { project, node } = change;
    if (soleOwner(change) === null) for (const stretch of change.stretches) yield { ...stretch, project, node };
  }
}

type Suspected = Pick<Change, 'project' | 'node' | 'key'> & Suspicion;
const suspicionColumns: readonly Column<Suspected>[] = [
  [INTEGER, (one) => one.node],
  [VARCHAR, (one) => one.project],
  [VARCHAR, (one) => one.key.toWellFormed()],
  [BIGINT, ({ linked }) => (linked === null ? null : wholeNumber(linked))],
  [BIGINT, ({ alone }) => wholeNumber(alone)],
  [INTEGER, (one) => one.claimed],
  [INTEGER, (one) => one.peak],
  [BIGINT, ({ peakDay }) => (peakDay === null ? null : wholeNumber(peakDay))],
  [INTEGER, (one) => one.merged],
  [BOOLEAN, (one) => one.isWeak],
  [BOOLEAN, (one) => one.isQuarantined],
];

type Named = NonNullable<Change['person']> & Pick<Change, 'project' | 'node' | 'key'>;
const peopleColumns: readonly Column<Named>[] = [
  [VARCHAR, (person) => person.project],
  [INTEGER, (person) => person.node],
  [VARCHAR, (person) => person.key.toWellFormed()],
  [BOOLEAN, (person) => person.known],
  [VARCHAR, (person) => jsonText(person.traits)],
  [VARCHAR, (person) => JSON.stringify(person.segments.map((one) => one.toWellFormed()))],
];

/** A number for what an event was done on; two texts share one about never. */
function ownNumber({ device, anchor }: EventRow): bigint | null {
  const key = device ?? anchor;
  return key === null ? null : BigInt(hashOf(key));
}

/** The person who had a node at every time, if one did. */
function soleOwner({ stretches }: OwnershipChange): number | null {
  const person = stretches[0]?.person ?? null;
  const whole = stretches[0]?.from === null && stretches.at(-1)?.to === null;
  const gapless = stretches.every((one, i) => one.person === person && (i === 0 || stretches[i - 1]?.to === one.from));
  return whole && gapless ? person : null;
}

function touchesOf(properties: EventRow['properties']): string | null {
  const touches = Object.entries(properties).filter(([name]) => touchProperties.has(name));
  return touches.length === 0 ? null : jsonText(Object.fromEntries(touches));
}

/** JSON that DuckDB reads: an escaped lone surrogate would make the whole text malformed to it, so it becomes U+FFFD. */
function jsonText(value: EventRow['properties']): string {
  const text = JSON.stringify(value);
  if (!/\\ud[89a-f]/.test(text)) return text;
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'string') return part.toWellFormed();
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name.toWellFormed(), inner]));
  });
}

/** Notes which properties were seen on which events, for the pickers. */
async function addPropertyNames(
  connection: DuckDBConnection,
  project: ProjectId,
  rows: readonly EventRow[],
): Promise<void> {
  const seen = new Map<string, Set<string>>();
  const turn = new Turn();
  for (const { name, hidden, properties } of rows) {
    if (turn.isOver) await turn.next();
    if (hidden) continue;
    let names = seen.get(name);
    if (names === undefined) seen.set(name, (names = new Set()));
    for (const property of Object.keys(properties)) names.add(property);
  }
  const pairs = [...seen].flatMap(([name, properties]) => [...properties].map((property) => [name, property] as const));
  if (pairs.length === 0) return;
  const texts = (i: 0 | 1) => listValue(pairs.map((pair) => pair[i].toWellFormed()));
  await connection.run(
    'INSERT INTO property_names SELECT * FROM (SELECT $1, unnest($2), unnest($3)) EXCEPT SELECT * FROM property_names',
    [project, texts(0), texts(1)],
    [VARCHAR, LIST(VARCHAR), LIST(VARCHAR)],
  );
}

async function append<T>(
  connection: DuckDBConnection,
  table: (typeof tableNames)[number],
  columns: readonly Column<T>[],
  rows: Iterable<T>,
): Promise<void> {
  const types = columns.map(([type]) => type);
  const turn = new Turn();
  let appender: DuckDBAppender | undefined;
  let chunks = 0;
  let part: DuckDBValue[][] = columns.map(() => []);
  async function take(): Promise<void> {
    const size = part[0]?.length ?? 0;
    if (size === 0) return;
    appender ??= await connection.createAppender(table);
    const chunk = DuckDBDataChunk.create(types, size);
    chunk.setColumns(part);
    appender.appendDataChunk(chunk);
    part = columns.map(() => []);
    if (++chunks % MOST_CHUNKS !== 0) return;
    await turn.next();
    appender.flushSync();
  }
  for (const row of rows) {
    for (const [i, [, valueIn]] of columns.entries()) (part[i] as DuckDBValue[]).push(valueIn(row));
    if (part[0]?.length === CHUNK) await take();
    if (turn.isOver) await turn.next();
  }
  await take();
  appender?.closeSync();
}

async function transaction(connection: DuckDBConnection, work: () => Promise<void>): Promise<void> {
  await connection.run('BEGIN');
  try {
    await work();
    await connection.run('COMMIT');
  } catch (error) {
    // The first failure is the one to tell of; after a fatal one the rollback fails too.
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
