import { readInput, usualSettings } from '@selfsame/outputs';
import * as v from 'valibot';
import { exact, settingsId, text } from './fields.ts';
import { rules } from './rule-schema.ts';

const names = v.exactOptional(v.pipe(v.array(text), v.maxLength(1_000, 'holds more than 1,000 names')));

const switchNames = Object.keys(usualSettings) as (keyof typeof usualSettings)[];
const switches = exact(
  Object.fromEntries(switchNames.map((name) => [name, v.exactOptional(v.boolean())])) as Record<
    (typeof switchNames)[number],
    v.ExactOptionalSchema<v.BooleanSchema<undefined>, undefined>
  >,
);

/** What one output takes of one input (outputs.md of the docs, "Connections"). */
export const connectionSettings = exact({
  id: settingsId('connection'),
  input: v.pipe(
    v.string(),
    v.check(
      (one) => readInput(one) !== undefined,
      'is no input; use all, a wire such as mparticle, or one of its keys such as mparticle:public or mparticle:server',
    ),
  ),
  output: settingsId('output'),
  active: v.optional(v.boolean(), true),
  settings: v.optional(switches, {}),
  filters: v.optional(
    exact({ events: names, properties: names, traits: names, segments: names, identities: names }),
    {},
  ),
  rules: v.optional(rules, []),
});
