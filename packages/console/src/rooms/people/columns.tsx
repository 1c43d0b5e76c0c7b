import { Columns3 } from 'lucide-react';
import { parseAsNativeArrayOf, parseAsString, useQueryState } from 'nuqs';
import { step } from '../../address/params.ts';
import { useAnswer } from '../../api/answers.ts';
import type { PeopleNamesAnswer } from '../../api/shapes.ts';

/** Columns of our own; every other name is that of a trait, after `trait:`. */
export const ownColumns = [
  ['identifiers', 'Identifiers'],
  ['last-active', 'Last active'],
  ['first-active', 'First active'],
  ['events', 'Events'],
  ['segments', 'Segments'],
] as const;
type Own = (typeof ownColumns)[number][0];
const standard: readonly string[] = ['identifiers', 'last-active', 'events'];
/** Traits the picker offers, the most frequent first. */
const mostTraits = 40;

export interface Columns {
  readonly shows: (column: Own) => boolean;
  readonly traits: readonly string[];
  readonly chosen: readonly string[];
  readonly toggle: (column: string) => void;
}

/** The columns of the list, in the address: `col=events&col=trait:plan`. */
export function useColumns(): Columns {
  const [texts, set] = useQueryState('col', parseAsNativeArrayOf(parseAsString).withOptions(step));
  const chosen = texts === null || texts.length === 0 ? standard : texts;
  return {
    chosen,
    shows: (column) => chosen.includes(column),
    traits: chosen.flatMap((one) => (one.startsWith('trait:') && one.length > 6 ? [one.slice(6)] : [])),
    toggle(column) {
      const next = chosen.includes(column) ? chosen.filter((one) => one !== column) : [...chosen, column];
      // Nothing in the address stands for the standard ones, so somebody who wants none keeps a word for it.
      void set(next.length === 0 ? ['none'] : next.filter((one) => one !== 'none'));
    },
  };
}

/** Chooses what the list shows beside a name. */
export function ColumnPicker({ columns }: { columns: Columns }) {
  const names = useAnswer<PeopleNamesAnswer>('/v1/people/names').data;
  const traits = (names?.traits ?? []).slice(0, mostTraits).map(({ name }) => name);
  const offered = [
    ...ownColumns,
    ...[...new Set([...columns.traits, ...traits])].map((name) => [`trait:${name}`, name] as const),
  ];
  return (
    <details className="popover">
      <summary className="button">
        <Columns3 size={15} aria-hidden /> Columns
      </summary>
      <fieldset className="popover-body">
        <legend className="visually-hidden">Columns of the list</legend>
        {offered.map(([value, text]) => (
          <label key={value} className="check">
            <input type="checkbox" checked={columns.chosen.includes(value)} onChange={() => columns.toggle(value)} />
            <span>{text}</span>
          </label>
        ))}
      </fieldset>
    </details>
  );
}
