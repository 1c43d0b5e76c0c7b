import * as v from 'valibot';
import { Failure } from '../failure.ts';

const column = v.pipe(v.string(), v.nonEmpty());

const schema = v.strictObject({
  /** The column that names the event, or one name for every row. Absent: rows describe people only. */
  event: v.optional(v.union([column, v.strictObject({ value: v.pipe(v.string(), v.nonEmpty()) })])),
  /** The column that says when. Absent: when it is imported. */
  time: v.optional(column),
  insertId: v.optional(column),
  /** Kind of identifier → column. */
  ids: v.record(v.string(), column),
  /** Columns that become the event's properties; absent: every column that is named nowhere else. */
  properties: v.optional(v.array(column)),
  /** Trait → column. */
  traits: v.optional(v.record(v.string(), column)),
  delimiter: v.optional(v.pipe(v.string(), v.length(1))),
});

/** What the columns of a CSV file mean. */
export type CsvMapping = v.InferOutput<typeof schema>;

/** Checks a mapping. `file` is for the message. @throws Failure that names what is wrong. */
export function parseMapping(value: unknown, file: string): CsvMapping {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const wrong = result.issues.map((issue) => `  ${v.getDotPath(issue) ?? 'mapping'}: ${issue.message}`).join('\n');
  throw new Failure(`${file} is no mapping of columns:\n${wrong}\nSee docs/guides/import.md.`, 2);
}
