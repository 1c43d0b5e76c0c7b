/** What a column holds, in DuckDB's words; `JSON` is text that holds JSON, as other readers see it. */
export type ColumnType = 'BIGINT' | 'INTEGER' | 'BOOLEAN' | 'VARCHAR' | 'TIMESTAMP' | 'JSON';

/** Where an entry of the log and its message stand, and when the entry arrived: the beginning of every row. */
const place = { position: 'BIGINT', part: 'INTEGER', arrived: 'TIMESTAMP' } as const;
/** Of an identifier, the time that a row speaks of: from `start_time` on, before `end_time`; null has no bound. */
const stretch = { kind: 'VARCHAR', value: 'VARCHAR', start_time: 'TIMESTAMP', end_time: 'TIMESTAMP' } as const;

/**
 * The tables that files hold, each with its columns. Rows are added and never changed. Files come in this order, so that
 * whoever sees an event sees whose it was too.
 */
export const tables = {
  /** Whose an identifier's time is; of several rows for one moment the one with the highest position says it. */
  ownership: { ...place, ...stretch, person: 'VARCHAR', known: 'BOOLEAN' },
  /** What changed owner, and why. */
  moved: {
    ...place,
    id: 'VARCHAR',
    ...stretch,
    from_person: 'VARCHAR',
    to_person: 'VARCHAR',
    claim: 'VARCHAR',
    rule: 'VARCHAR',
    undone: 'BOOLEAN',
  },
  /** An event of `events` was taken back, or stands again; the row with the highest position says which. */
  retracted: { ...place, event_position: 'BIGINT', stands: 'BOOLEAN' },
  /** Of an output that expands corrections: whose an event is since. The row with the highest position counts. */
  corrected: { ...place, id: 'VARCHAR', event_position: 'BIGINT', person: 'VARCHAR', known: 'BOOLEAN' },
  /** What happened, with the person it belonged to when it was written. */
  events: {
    ...place,
    id: 'VARCHAR',
    time: 'TIMESTAMP',
    name: 'VARCHAR',
    insert_id: 'VARCHAR',
    wire: 'VARCHAR',
    anchor_kind: 'VARCHAR',
    anchor_value: 'VARCHAR',
    person: 'VARCHAR',
    known: 'BOOLEAN',
    properties: 'JSON',
    /** The position of the event that this one takes the place of. */
    replaces: 'BIGINT',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, ColumnType>>>>;

export type TableName = keyof typeof tables;
export const tableNames = Object.keys(tables) as readonly TableName[];
