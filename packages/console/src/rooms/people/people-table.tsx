import { Link } from 'wouter';
import type { PeopleListAnswer } from '../../api/shapes.ts';
import { count } from '../../parts/format.ts';
import { type Column, Table } from '../../parts/table.tsx';
import { PersonMark } from '../../parts/tags.tsx';
import { Id, Time, Value } from '../../parts/text.tsx';
import type { Columns } from './columns.tsx';
import type { Sort, SortBy } from './sort.ts';

type Row = PeopleListAnswer['people'][number];

/** Identifiers a row shows. */
const most = 3;

/** A page of people, with the columns that were chosen. */
export function PeopleTable({ people, columns, sort }: { people: readonly Row[]; columns: Columns; sort: Sort }) {
  const sorted = (by: SortBy): NonNullable<Column<Row>['sort']> => ({
    now: sort.by !== by ? 'none' : sort.descending ? 'descending' : 'ascending',
    onSort: () => sort.sortBy(by),
  });
  const shown: Column<Row>[] = [{ head: 'Person', cell: Who, sort: sorted('name') }];
  if (columns.shows('last-active'))
    shown.push({
      head: 'Last active',
      cell: ({ lastActive }) => <When at={lastActive} />,
      sort: sorted('last-active'),
    });
  if (columns.shows('first-active'))
    shown.push({
      head: 'First active',
      cell: ({ firstActive }) => <When at={firstActive} />,
      sort: sorted('first-active'),
    });
  if (columns.shows('events'))
    shown.push({ head: 'Events', numeric: true, cell: ({ events }) => count(events), sort: sorted('events') });
  if (columns.shows('identifiers')) shown.push({ head: 'Identifiers', cell: Identifiers });
  if (columns.shows('segments')) shown.push({ head: 'Segments', cell: ({ segments }) => segments.join(', ') });
  for (const trait of columns.traits)
    shown.push({
      head: trait,
      cell: ({ traits }) => (Object.hasOwn(traits, trait) ? <Value value={traits[trait]} /> : ''),
    });
  return (
    <div className="people-table">
      <Table caption="People" rows={people} keyOf={({ id }) => id} columns={shown} />
    </div>
  );
}

function Who(person: Row) {
  return (
    <Link href={`/people/${encodeURIComponent(person.id)}`} className="person-link">
      <PersonMark {...person} />
      <span className="person-called">{person.name}</span>
      {!person.known && <span className="tag">anonymous</span>}
    </Link>
  );
}

function Identifiers({ identifiers, identifierCount }: Row) {
  return (
    <span className="person-ids">
      {identifiers.slice(0, most).map(({ kind, value }) => (
        <Id key={`${kind}:${value}`} kind={kind} value={value} />
      ))}
      {identifierCount > most && <span className="muted">+{count(identifierCount - most)}</span>}
    </span>
  );
}

const When = ({ at }: { at: string | null }) =>
  at === null ? <span className="muted">never</span> : <Time at={at} as="ago" />;
