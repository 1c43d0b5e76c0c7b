import { useState } from 'react';
import type { PersonView } from '../../api/shapes.ts';
import { Value } from '../../parts/text.tsx';
import { trustInWords, wireName } from '../../parts/words.ts';

type Order = 'name' | 'value';

/** A person's traits, sortable by name or value. */
export function Traits({ person: { traits, traitSources } }: { person: PersonView }) {
  const [order, setOrder] = useState<Order>('name');
  const [down, setDown] = useState(false);
  const rows = sortTraits(Object.entries(traits), order, down);
  if (rows.length === 0) return <p className="muted">Nothing has been said of this person.</p>;
  const sortBy = (by: Order) => {
    setDown(by === order ? !down : false);
    setOrder(by);
  };
  return (
    <table className="traits">
      <thead>
        <tr>
          {(['name', 'value'] as const).map((by) => (
            <th key={by} scope="col" aria-sort={by === order ? (down ? 'descending' : 'ascending') : 'none'}>
              <button type="button" onClick={() => sortBy(by)}>
                {by === 'name' ? 'Trait' : 'Value'} <span aria-hidden>{by === order ? (down ? '↓' : '↑') : ''}</span>
              </button>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td title={saidBy(traitSources[name])}>
              <Value value={value} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Who said it, for the title; nothing when we do not know. */
const saidBy = (source: PersonView['traitSources'][string] | undefined): string | undefined =>
  source && `by ${wireName(source.wire)}, said by ${trustInWords(source.trust)}`;

/** Sorts by name, or by value as text with numbers in their own order. */
export function sortTraits(
  rows: readonly (readonly [string, unknown])[],
  order: Order,
  down: boolean,
): readonly (readonly [string, unknown])[] {
  const text = ([name, value]: readonly [string, unknown]) =>
    order === 'name' ? name : typeof value === 'string' ? value : JSON.stringify(value);
  const sorted = rows.toSorted((a, b) => text(a).localeCompare(text(b), 'en', { numeric: true }));
  return down ? sorted.toReversed() : sorted;
}
