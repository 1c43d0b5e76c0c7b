import * as v from 'valibot';
import { exact, text } from './fields.ts';

const when = exact({
  event: v.exactOptional(text),
  wire: v.exactOptional(text),
  properties: v.exactOptional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]))),
});
const given = { when: v.exactOptional(when) };

/** One step on the way out, as data: no code of a customer's runs here. */
const rule = v.variant('do', [
  exact({ ...given, do: v.literal('keep') }),
  exact({ ...given, do: v.literal('drop') }),
  exact({ ...given, do: v.literal('rename'), to: text }),
  exact({
    ...given,
    do: v.literal('set'),
    property: text,
    value: v.union([v.string(), v.number(), v.boolean(), v.null()]),
  }),
  exact({ ...given, do: v.literal('remove'), property: text }),
  exact({
    ...given,
    do: v.literal('sample'),
    percent: v.pipe(v.number(), v.minValue(0, 'is below 0'), v.maxValue(100, 'is above 100')),
  }),
]);

/** The rules of a connection or of an output, one after another. */
export const rules = v.pipe(v.array(rule), v.maxLength(200, 'holds more than 200 rules; use several connections'));
