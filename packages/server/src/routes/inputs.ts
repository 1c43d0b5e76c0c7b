import { canonical, type Identifier, type Instant } from '@selfsame/identity';
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

export const text = (max: number) => {
  const message = `expected text of 1 to ${max} characters`;
  return v.pipe(v.string(message), v.minLength(1, message), v.maxLength(max, message));
};

/** Why something is taken back or put back; a dry run needs no reason. */
export const undoReason = v.optional(v.strictObject({ reason: v.optional(text(1_000)) }), {});

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
