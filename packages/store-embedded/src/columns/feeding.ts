import {
  BIGINT,
  BOOLEAN,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  LIST,
  listValue,
  VARCHAR,
} from '@duckdb/node-api';
import type { EventRow, OwnershipChange } from '@selfsame/store';
import { wholeNumber } from './parameters.ts';
import { propertyText } from './property-text.ts';
import { BEGINNING, END, tableNames, touchProperties } from './schema.ts';

/** How far the tables reach into the feed. */
export interface Cursor {
  readonly epoch: string;
  readonly position: number;
  readonly change: number;
}

/** Rows DuckDB takes in one piece. */
const CHUNK = 2048;

const eventTypes: readonly DuckDBType[] = [
  ...[VARCHAR, BIGINT, VARCHAR, BIGINT, VARCHAR, VARCHAR, INTEGER, VARCHAR, BOOLEAN, VARCHAR],
  ...touchProperties.map(() => VARCHAR),
];

export async function readCursor(connection: DuckDBConnection): Promise<Cursor> {
  const reader = await connection.runAndReadAll(
    'SELECT epoch, position::DOUBLE AS position, change::DOUBLE AS change FROM meta',
  );
  return reader.getRowObjectsJS()[0] as unknown as Cursor;
}

/** Empties every table. The rows are gone once this has committed; the space is used again. */
export async function forget(connection: DuckDBConnection, epoch: string): Promise<void> {
  await transaction(connection, async () => {
    for (const table of tableNames) await connection.run(`DELETE FROM ${table}`);
    await connection.run('UPDATE meta SET epoch = $1, position = 0, change = 0', [epoch]);
  });
}

/** Adds events and moves the cursor, in one transaction. [D2] A row that replaces another takes its place. */
export async function addEvents(
  connection: DuckDBConnection,
  rows: readonly EventRow[],
  through: number,
): Promise<void> {
  const replaced = new Set(rows.flatMap((row) => (row.replaces === undefined ? [] : [row.replaces])));
  const kept = rows.filter((row) => !replaced.has(row.position));
  await transaction(connection, async () => {
    if (replaced.size > 0)
      await connection.run(
        'DELETE FROM events WHERE position IN (SELECT unnest($1))',
        [listValue([...replaced].map(wholeNumber))],
        [LIST(BIGINT)],
      );
    await append(connection, 'events', eventTypes, kept.map(eventValues));
    await addPropertyNames(connection, kept);
    await connection.run('UPDATE meta SET position = $1', [wholeNumber(through)], [BIGINT]);
  });
}

/** Replaces what is known of these nodes and moves the cursor, in one transaction. */
export async function addOwnership(
  connection: DuckDBConnection,
  changes: readonly OwnershipChange[],
  through: number,
): Promise<void> {
  const latest = [...new Map(changes.map((change) => [change.node, change])).values()];
  await transaction(connection, async () => {
    const nodes = listValue(latest.map((change) => change.node));
    for (const table of ['owner', 'split', 'people'])
      await connection.run(`DELETE FROM ${table} WHERE node IN (SELECT unnest($1))`, [nodes], [LIST(INTEGER)]);
    const owned = latest.filter((change) => change.stretches.length > 0);
    await append(
      connection,
      'owner',
      [INTEGER, INTEGER],
      owned.map((change) => [change.node, soleOwner(change)]),
    );
    await append(
      connection,
      'split',
      [INTEGER, BIGINT, BIGINT, INTEGER],
      owned
        .filter((change) => soleOwner(change) === null)
        .flatMap(({ node, stretches }) =>
          stretches.map((one) => [
            node,
            one.from === null ? BEGINNING : wholeNumber(one.from),
            one.to === null ? END : wholeNumber(one.to),
            one.person,
          ]),
        ),
    );
    await append(
      connection,
      'people',
      [VARCHAR, INTEGER, BOOLEAN, VARCHAR],
      latest.flatMap(({ project, node, person }) =>
        person === null ? [] : [[project, node, person.known, jsonText(person.traits)]],
      ),
    );
    await connection.run('UPDATE meta SET change = $1', [wholeNumber(through)], [BIGINT]);
  });
}

/** The person who had a node at every time, if one did. */
function soleOwner({ stretches }: OwnershipChange): number | null {
  const person = stretches[0]?.person ?? null;
  const whole = stretches[0]?.from === null && stretches.at(-1)?.to === null;
  const gapless = stretches.every((one, i) => one.person === person && (i === 0 || stretches[i - 1]?.to === one.from));
  return whole && gapless ? person : null;
}

function eventValues(row: EventRow): DuckDBValue[] {
  return [
    row.project,
    wholeNumber(row.position),
    row.name.toWellFormed(),
    wholeNumber(row.time),
    row.insertId?.toWellFormed() ?? null,
    row.anchor,
    row.node,
    row.wire,
    row.hidden,
    jsonText(row.properties),
    ...touchProperties.map((name) => propertyText(row.properties, name)),
  ];
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

async function addPropertyNames(connection: DuckDBConnection, rows: readonly EventRow[]): Promise<void> {
  const names = new Map<string, readonly [string, string, string]>();
  for (const row of rows) {
    if (row.hidden) continue;
    for (const property of Object.keys(row.properties)) {
      const triple = [row.project, row.name.toWellFormed(), property.toWellFormed()] as const;
      names.set(JSON.stringify(triple), triple);
    }
  }
  if (names.size === 0) return;
  const triples = [...names.values()];
  await connection.run(
    `INSERT INTO property_names SELECT * FROM (SELECT unnest($1), unnest($2), unnest($3)) EXCEPT SELECT * FROM property_names`,
    [0, 1, 2].map((i) => listValue(triples.map((triple) => triple[i] as string))),
    [0, 1, 2].map(() => LIST(VARCHAR)),
  );
}

async function append(
  connection: DuckDBConnection,
  table: string,
  types: readonly DuckDBType[],
  rows: readonly DuckDBValue[][],
): Promise<void> {
  if (rows.length === 0) return;
  const appender = await connection.createAppender(table);
  for (let i = 0; i < rows.length; i += CHUNK) {
    const part = rows.slice(i, i + CHUNK);
    const chunk = DuckDBDataChunk.create(types, part.length);
    chunk.setColumns(types.map((_, column) => part.map((row) => row[column] as DuckDBValue)));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
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
