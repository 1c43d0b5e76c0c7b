import { useAnswer } from '../../api/answers.ts';
import type { UnsignedAnswer } from '../../api/shapes.ts';
import { count } from '../../parts/format.ts';
import { Await } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time } from '../../parts/text.tsx';
import { wireName } from '../../parts/wires.ts';

type Row = UnsignedAnswer['rows'][number];

const columns: readonly Column<Row>[] = [
  { head: 'Day (UTC)', cell: ({ day }) => day },
  { head: 'Wire', cell: ({ wire }) => wireName(wire) },
  { head: 'Items', cell: ({ items }) => count(items), value: ({ items }) => items, numeric: true },
  { head: 'Last', cell: ({ last }) => <Time at={last} />, value: ({ last }) => last },
];

/** Of a project in identity mode `report`: what `enforce` would not believe, so that somebody knows before they switch. */
export function Unsigned() {
  const answer = useAnswer<UnsignedAnswer>('/v1/unsigned');
  return (
    <Await answer={answer} lines={3}>
      {({ mode, since, rows }) =>
        mode !== 'report' ? null : (
          <section className="card">
            <h2>What “enforce” would not believe</h2>
            <p className="muted">
              Items of public keys that name a known person without a signature, since <Time at={since} />.
            </p>
            {rows.length === 0 ? (
              <p>None so far: nothing would change for what has come.</p>
            ) : (
              <Table
                caption="What enforce would not believe, by day and wire"
                columns={columns}
                rows={rows}
                keyOf={({ day, wire }) => `${day} ${wire}`}
                fileName="unsigned"
              />
            )}
          </section>
        )
      }
    </Await>
  );
}
