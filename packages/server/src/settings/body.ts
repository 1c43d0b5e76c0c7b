import * as v from 'valibot';
import { type Refusal, refusal } from '../http/api-error.ts';
import { isMissing } from './problems.ts';

/**
 * Settings in the body of a call, as the file would have them, or what is wrong with them: every field by its name, and
 * no value, for some are secrets (S40).
 */
export function readSettings<S extends v.GenericSchema>(schema: S, given: unknown): v.InferOutput<S> | Refusal {
  const read = v.safeParse(schema, given, { abortPipeEarly: true });
  if (read.success) return read.output;
  const fields = read.issues.map((one) => {
    const field = one.path?.map((step) => String(step.key)).join('.') ?? 'body';
    const name = /^[\w.$-]{1,60}$/.test(field) ? field : '(a field)';
    if (one.kind === 'validation' || one.expected === 'never') return `${name}: ${one.message}`;
    return `${name}: ${isMissing(one) ? 'is missing' : 'is not what belongs here'}`;
  });
  return refusal(400, 'bad_body', `${fields.join('; ')}.`);
}
