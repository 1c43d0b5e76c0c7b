import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useQuery } from '../api/answers.ts';
import type { Breakdown, PeopleBehindAnswer } from '../api/shapes.ts';
import { count } from '../parts/format.ts';
import { Await } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { PersonMark } from '../parts/tags.tsx';
import { Id, Time } from '../parts/text.tsx';
import { Working } from '../parts/working.tsx';
import { readValuePart, type Shown, useShown } from './shown.ts';
import '../styles/rooms/people.css';

/** The people behind a figure, and how to ask for them. */
export interface Behind {
  readonly title: string;
  readonly insight: 'funnel' | 'attribution' | 'retention' | 'counts';
  readonly question: object;
  /** How many there are, where the answer says so. */
  readonly people?: number | undefined;
  /** Those on the other side: who came back, and who did not. */
  readonly others?: { readonly says: string; readonly shown: Shown };
}

/** The part of a question that asks for one row of its breakdown; none when the row has no such value. */
export function splitOf(by: Breakdown | undefined, part: string | undefined): object {
  const value = readValuePart(part);
  return by === undefined || value === undefined ? {} : { split: { by, value } };
}

/** As many as are listed at first, and at most. */
const [few, most] = [200, 2000];

/** Who they are: the latest first, each a link, to take along as CSV. */
export function PeopleBehind({ title, insight, question, people, others }: Behind) {
  const [limit, setLimit] = useState(few);
  const [, show] = useShown();
  const answer = useQuery<PeopleBehindAnswer>(`/v1/insights/${insight}/people`, { ...question, limit });
  const head = useRef<HTMLHeadingElement>(null);
  // Whoever pressed a number looks at the number, not at what opened below it.
  useEffect(() => {
    if (title !== '') head.current?.scrollIntoView({ block: 'nearest' });
  }, [title]);
  const listed = answer.data?.people.length ?? 0;
  return (
    <section className="people-behind" aria-label="People behind this figure">
      <h2 ref={head}>{title}</h2>
      <p className="button-row">
        {others !== undefined && (
          <button type="button" className="button button-quiet" onClick={() => show(others.shown)}>
            {others.says}
          </button>
        )}
        <button type="button" className="button button-quiet" onClick={() => show(undefined)}>
          Close
        </button>
      </p>
      <Await answer={answer} waiting={<Working />}>
        {({ people: found }) =>
          found.length === 0 ? (
            <p className="muted">Nobody.</p>
          ) : (
            <Table
              caption="People behind this figure"
              fileName={`${insight}-people`}
              rows={found}
              keyOf={({ id }) => id}
              columns={[
                {
                  head: 'Person',
                  cell: (person) => (
                    <Link href={`/people/${encodeURIComponent(person.id)}`} className="person-link">
                      <PersonMark {...person} />
                      <span className="person-called">{person.name}</span>
                    </Link>
                  ),
                  value: ({ name }) => name,
                },
                {
                  head: 'Identifiers',
                  cell: ({ identifiers }) => (
                    <span className="person-ids">
                      {identifiers.slice(0, 3).map(({ kind, value }) => (
                        <Id key={`${kind}:${value}`} kind={kind} value={value} />
                      ))}
                    </span>
                  ),
                  value: ({ identifiers }) => identifiers.map(({ kind, value }) => `${kind}:${value}`).join(' '),
                },
                {
                  head: 'When',
                  cell: ({ at }) => <Time at={at} as="ago" />,
                  value: ({ at }) => at,
                },
              ]}
            />
          )
        }
      </Await>
      {listed >= limit && (
        <p className="muted">
          The latest {count(listed)}
          {people === undefined ? '' : ` of ${count(people)}`}.{' '}
          {limit < most && (
            <button type="button" className="button button-quiet" onClick={() => setLimit(most)}>
              Show up to {count(most)}
            </button>
          )}
        </p>
      )}
    </section>
  );
}

/** A figure of an answer that shows who stands behind it. */
export function Whose({ people, text, shown }: { people: number; text?: string; shown: Shown }) {
  const [, show] = useShown();
  const says = text ?? count(people);
  if (people === 0) return says;
  return (
    <button type="button" className="button-number" onClick={() => show(shown)} title="Who they are">
      {says}
    </button>
  );
}
