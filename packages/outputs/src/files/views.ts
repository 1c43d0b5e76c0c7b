import { type TableName, tableNames, tables } from './tables.ts';

export type FileFormat = 'parquet' | 'ndjson';

/** What leaves out events that another replaces, and those that were taken back: the last word about each counts. */
const counts = `e.position NOT IN (
      SELECT event_position FROM (
        SELECT said.*, row_number() OVER (PARTITION BY event_position ORDER BY position DESC) AS nth FROM (
          SELECT event_position, position, stands FROM retracted
          UNION ALL SELECT replaces, position, false FROM events WHERE replaces IS NOT NULL
        ) AS said
      ) AS words
      WHERE nth = 1 AND NOT stands
    )`;

/** `views.sql`: the tables, and every event with the person it belongs to as far as the files know. */
export function viewsSql(format: FileFormat): string {
  return `-- Made by Selfsame for DuckDB; run in this directory: duckdb -init views.sql
-- The last two views are plain SQL, for any warehouse that has the tables.
${tableNames.map((table) => `CREATE OR REPLACE VIEW ${table} AS SELECT * FROM ${readerOf(table, format)};`).join('\n')}

-- An identifier's time belongs to whom the row with the highest position that covers it says; an event that another
-- replaces is left out, and one that was taken back.
CREATE OR REPLACE VIEW owned_events AS
SELECT * FROM (
  SELECT e.*, coalesce(o.person, e.person) AS owner,
    row_number() OVER (PARTITION BY e.position, e.part ORDER BY o.position DESC, o.part DESC) AS nth
  FROM events e
  LEFT JOIN ownership o
    ON o.kind = e.anchor_kind AND o.value = e.anchor_value
    AND (o.start_time IS NULL OR o.start_time <= e.time)
    AND (o.end_time IS NULL OR o.end_time > e.time)
  WHERE ${counts}
) AS candidates
WHERE nth = 1;

-- The same by equality alone, where the output has expand: the last correction of each event says whose it is.
CREATE OR REPLACE VIEW corrected_events AS
SELECT e.*, coalesce(c.person, e.person) AS owner
FROM events e
LEFT JOIN (
  SELECT corrected.*, row_number() OVER (PARTITION BY event_position ORDER BY position DESC, part DESC) AS nth
  FROM corrected
) AS c ON c.event_position = e.position AND c.nth = 1
WHERE ${counts};
`;
}

function readerOf(table: TableName, format: FileFormat): string {
  if (format === 'parquet') return `read_parquet('${table}/*.parquet')`;
  const columns = Object.entries(tables[table]).map(([name, type]) => `${name}: '${type}'`);
  return `read_json('${table}/*.ndjson', format = 'newline_delimited', columns = {${columns.join(', ')}})`;
}
