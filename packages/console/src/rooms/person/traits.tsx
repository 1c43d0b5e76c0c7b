import { useState } from 'react';
import type { PersonView, TraitsAnswer } from '../../api/shapes.ts';
import { Table } from '../../parts/table.tsx';
import { Value } from '../../parts/text.tsx';
import { wireName } from '../../parts/wires.ts';
import { trustInWords } from '../../parts/words.ts';
import { More, useRest } from './pages.tsx';

type Order = 'name' | 'value';
type Source = Pick<PersonView['traitSources'][string], 'wire' | 'trust'>;

/** A person's traits, sortable by name or value. */
export function Traits({ person }: { person: PersonView }) {
  const first = Object.entries(person.traits);
  const rest = useRest<TraitsAnswer>(person.id, 'traits', first.length);
  const more = rest.pages.flatMap((page) => page.traits);
  const traits = [...first, ...more.map(({ name, value }) => [name, value] as const)];
  const sources = new Map([
    ...Object.entries(person.traitSources),
    ...more.map((one): [string, Source] => [one.name, one]),
  ]);
  const [order, setOrder] = useState<Order>('name');
  const [down, setDown] = useState(false);
  const rows = sortTraits(traits, order, down);
  if (rows.length === 0) return <p className="muted">Nothing has been said of this person.</p>;
  const sortBy = (by: Order) => {
    setDown(by === order ? !down : false);
    setOrder(by);
  };
  const sorted = (by: Order) =>
    ({ now: by !== order ? 'none' : down ? 'descending' : 'ascending', onSort: () => sortBy(by) }) as const;
  return (
    <div className="traits">
      <Table
        caption="Traits"
        fileName="traits"
        rows={rows}
        keyOf={([name]) => name}
        columns={[
          { head: 'Trait', cell: ([name]) => name, sort: sorted('name') },
          {
            head: 'Value',
            cell: ([name, value]) => (
              <span title={saidBy(sources.get(name))}>
                <Value value={value} />
              </span>
            ),
            value: ([, value]) =>
              typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value),
            sort: sorted('value'),
          },
        ]}
      />
      <More of="traits" shown={rows.length} total={person.traitCount} rest={rest} />
    </div>
  );
}

/** Who said it, for the title; nothing when we do not know. */
const saidBy = (source: Source | undefined): string | undefined =>
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
