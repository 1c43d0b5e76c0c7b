import { useText } from '../address/params.ts';
import type { Breakdown } from '../api/shapes.ts';
import { Choice, Field } from './controls.tsx';
import { useNames } from './names.ts';

/** The breakdown in the address: `by=property:plan` or `by=trait:plan`. */
export function readBreakdown(text: string): Breakdown | undefined {
  const name = text.slice(text.indexOf(':') + 1);
  if (name === '') return undefined;
  if (text.startsWith('property:')) return { property: name };
  if (text.startsWith('trait:')) return { trait: name };
  return undefined;
}

export const useBreakdown = (): Breakdown | undefined => readBreakdown(useText('by')[0]);

/** Splits an answer by a property of an event, or by a trait of the person, which one types. */
export function BreakdownPicker({ event }: { event: string | undefined }) {
  const [value, set] = useText('by');
  const properties = useNames('properties', event).data ?? [];
  const isTrait = value.startsWith('trait:');
  return (
    <>
      <Choice
        label="Split by"
        value={isTrait ? 'trait:' : value}
        options={[
          ['', 'Nothing'],
          ['trait:', 'A trait …'],
          ...properties.map(([name, text]) => [`property:${name}`, text] as const),
        ]}
        onChange={set}
      />
      {isTrait && (
        <Field label="Trait">
          {(id) => (
            <input
              id={id}
              key={value}
              defaultValue={value.slice('trait:'.length)}
              placeholder="plan"
              onBlur={(change) => set(`trait:${change.target.value.trim()}`)}
              onKeyDown={(key) => key.key === 'Enter' && set(`trait:${key.currentTarget.value.trim()}`)}
            />
          )}
        </Field>
      )}
    </>
  );
}

/** How a split value is written: nothing there is a case of its own. */
export const splitName = (value: string | null | undefined): string =>
  value === null || value === undefined ? '(none)' : value === '' ? '(empty)' : value;
