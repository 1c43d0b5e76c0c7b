import type { ColumnType } from '@selfsame/outputs';

/** What DuckDB may use for it, MiB: it works beside intake. */
const MEMORY = 256;

/**
 * Makes a Parquet file of one with a JSON object a line. The same lines give the same bytes.
 * @throws Error of DuckDB, when either file cannot be used.
 */
export async function writeParquet(
  lines: string,
  to: string,
  columns: Readonly<Record<string, ColumnType>>,
): Promise<void> {
  // What takes 30 MB is loaded where it is used.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: `${MEMORY}MiB`,
    temp_directory: `${to}.tmp`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  try {
    const connection = await instance.connect();
    const types = Object.entries(columns).map(([name, type]) => `${name}: '${type}'`);
    // Other readers know no JSON type; to them it is text.
    const names = Object.entries(columns).map(([name, type]) =>
      type === 'JSON' ? `${name}::VARCHAR AS ${name}` : name,
    );
    await connection.run(
      `COPY (SELECT ${names.join(', ')} FROM read_json(${quoted(lines)}, format = 'newline_delimited',
        maximum_object_size = 67108864, columns = {${types.join(', ')}}))
       TO ${quoted(to)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    connection.closeSync();
  } finally {
    instance.closeSync();
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
