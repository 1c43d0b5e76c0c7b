import { useText } from '../address/params.ts';
import { useAnswer } from '../api/answers.ts';
import type { Breakdown, PeopleNamesAnswer } from '../api/shapes.ts';
import { Choice } from './controls.tsx';
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

/** Splits an answer by a property of an event, or by a trait of the person. */
export function BreakdownPicker({ event }: { event: string | undefined }) {
  const [value, set] = useText('by');
  const properties = useNames('properties', event).data ?? [];
  const traits = useAnswer<PeopleNamesAnswer>('/v1/people/names').data?.traits ?? [];
  return (
    <Choice
      label="Split by"
      value={value}
      options={[
        ['', 'Nothing'],
        ...properties.map(([name, text]) => [`property:${name}`, text] as const),
        ...traits.map(({ name }) => [`trait:${name}`, `trait ${name}`] as const),
      ]}
      onChange={set}
    />
  );
}

/** How a split value is written: nothing there is a case of its own. */
export const splitName = (value: string | null | undefined): string =>
  value === null || value === undefined ? '(none)' : value === '' ? '(empty)' : value;
