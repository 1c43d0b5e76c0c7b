import * as v from 'valibot';
import { Failure } from '../failure.ts';

const identifier = v.pipe(v.string(), v.regex(/^[^:]+:.+$/s, 'must be written kind:value'));
const moment = v.union([v.number(), v.string()]);

const schema = v.strictObject({
  /** What it shows, for the report. */
  name: v.optional(v.string()),
  /** A preset and other fields, as in the settings file. Absent: the default. */
  policy: v.optional(v.record(v.string(), v.unknown())),
  /** Items as `POST /v1/batch` takes them; `trust` says with which key, 2 (the server key) unless it says 0 (a page). */
  items: v.array(v.looseObject({ type: v.string(), trust: v.optional(v.picklist([0, 1, 2, 3])) })),
  expect: v.strictObject({
    /** Each list is one person, and no two lists are the same one. */
    people: v.optional(v.array(v.pipe(v.array(identifier), v.minLength(1))), []),
    /** Pairs that are two people. */
    apart: v.optional(v.array(v.tuple([identifier, identifier])), []),
    /** Who had an identifier at a moment; null: nobody we know. */
    owners: v.optional(v.array(v.strictObject({ identifier, at: moment, person: v.nullable(identifier) })), []),
    /** Items (by place from 0, or by insert id) in which a rule refused something. */
    refused: v.optional(v.array(v.strictObject({ item: v.union([v.number(), v.string()]), rule: v.string() })), []),
  }),
});

/** One history with what must come of it. */
export type Scenario = v.InferOutput<typeof schema>;

/** The scenarios of a file: one, or a list of them. @throws Failure that names what is wrong and where. */
export function parseScenarios(text: string, file: string): readonly Scenario[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Failure(`${file} is not JSON: ${(cause as Error).message}`, 2, { cause });
  }
  return (Array.isArray(value) ? value : [value]).map((one, i) => {
    const result = v.safeParse(schema, one);
    if (result.success) return result.output;
    const wrong = result.issues.map((issue) => `  ${v.getDotPath(issue) ?? 'scenario'}: ${issue.message}`).join('\n');
    throw new Failure(`${file}, scenario ${i + 1}, is not written as it should be:\n${wrong}`, 2);
  });
}
