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

/** Does anything come by it? A connection of another would keep everything from its output. */
function isInput(text: string, wires: readonly string[]): boolean {
  const input = readInput(text);
  return input !== undefined && (input.wire === undefined || wires.includes(input.wire));
}

/** What one output takes of one input, by these wires (outputs.md of the docs, "Connections"). */
export const connectionSettings = (wires: readonly string[]) =>
  exact({
    id: settingsId('connection'),
    input: v.pipe(
      v.string(),
      v.check(
        (one) => isInput(one, wires),
        `is no input; use all, a wire (${wires.join(', ')}), or one of its keys such as mparticle:public or mparticle:server`,
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
