import { canonical, type Identifier, type Instant, type Position } from '@selfsame/identity';
import { parseIsoTime } from '@selfsame/protocols';
import * as v from 'valibot';

/** What the routes read, checked once; past these schemas nothing is `unknown`. */

const TIME = 'expected ISO 8601 or milliseconds since 1970';

/** A moment, ms: ISO 8601, or milliseconds as a number or as digits. */
export const instant = v.pipe(
  v.union([v.string(), v.number()], TIME),
  v.rawTransform<string | number, Instant>(({ dataset, addIssue, NEVER }) => {
    const { value } = dataset;
    const number = typeof value === 'number' || /^-?\d{5,17}$/.test(value) ? Number(value) : parseIsoTime(value);
    if (number !== undefined && Math.abs(number) <= 8.64e15) return Math.trunc(number);
    addIssue({ message: TIME });
    return NEVER;
  }),
);

/** A whole number from `min` to `max`, as a number or as digits. */
export const whole = (min: number, max: number) => {
  const message = `expected a whole number from ${min} to ${max}`;
  return v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,16}$/, message), v.transform(Number))], message),
    v.integer(message),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
};

/** `?dryRun=true`: say what would change, and change nothing. */
export const dryRunQuery = v.object({
  dryRun: v.optional(
    v.pipe(
      v.picklist(['true', 'false', '1', '0'], 'expected true or false'),
      v.transform((one) => one === 'true' || one === '1'),
    ),
    'false',
  ),
});

/** A position in the log. */
export const position = whole(0, Number.MAX_SAFE_INTEGER);

/** A moment whose knowledge is asked for: everything that had arrived by then, ms. */
export interface Then {
  readonly arrivedBy: Instant;
}

/** As of what was known: after a position of the log, or at a moment (ISO 8601) by when it had arrived. */
export const asOf = v.pipe(
  v.union([v.number(), v.string()], 'expected a position of the log, or a moment as ISO 8601'),
  v.rawTransform<string | number, Position | Then>(({ dataset, addIssue, NEVER }) => {
    const read = v.safeParse(position, dataset.value);
    if (read.success) return read.output;
    const isNumber = typeof dataset.value === 'number' || /^-?\d+$/.test(dataset.value);
    const time = isNumber ? undefined : parseIsoTime(String(dataset.value));
    if (time !== undefined) return { arrivedBy: time };
    addIssue({ message: 'expected a whole number from 0, a position of the log, or a moment as ISO 8601' });
    return NEVER;
  }),
);

export const text = (max: number) => {
  const message = `expected text of 1 to ${max} characters`;
  return v.pipe(v.string(message), v.minLength(1, message), v.maxLength(max, message));
};

export const kind = text(64);
/** Of an identifier; longer than any that is kept, so that a question about one is a 404 and not an error. */
export const value = text(2_048);

/** `kind:value`, in the form the rules compare ([V2]). */
export const identifier = v.pipe(
  text(2_048),
  v.regex(/^[^:]{1,64}:./s, 'expected kind:value'),
  v.transform((key): Identifier => {
    const colon = key.indexOf(':');
    return canonical({ kind: key.slice(0, colon), value: key.slice(colon + 1) });
  }),
);
