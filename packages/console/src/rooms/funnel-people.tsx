import useSWR from 'swr';
import { Link } from 'wouter';
import { ask, type CallError } from '../api/call.ts';
import { usePath } from '../api/project.ts';
import type { FunnelQuestion, SearchAnswer } from '../api/shapes.ts';
import { count } from '../parts/format.ts';
import { Await } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { PersonMark } from '../parts/tags.tsx';
import { Id, Time } from '../parts/text.tsx';
import '../styles/rooms/people.css';

/** Whom of a funnel the reader looks at. */
export interface Group {
  /** 1 is the first. */
  readonly step: number;
  readonly part: 'reached' | 'dropped';
  readonly people: number;
}

/** As many as one answer lists. */
const most = 200;

/** The people at one step: those who got there, or who went no further; the latest first. */
export function FunnelPeople({ question, group }: { question: FunnelQuestion; group: Group }) {
  const { step, part, people } = group;
  const { breakdown: _, perIdentifier: __, timeZone: ___, ...steps } = question;
  const path = usePath()('/v1/insights/funnel/people');
  const answer = useSWR<SearchAnswer, CallError, readonly [string, unknown]>(
    [path, { ...steps, step, part, limit: most }],
    ask<SearchAnswer>,
  );
  const event = question.steps[step - 1]?.event;
  return (
    <section className="funnel-people" aria-label="People at this step">
      <h2>{part === 'reached' ? `Reached ${step}. ${event}` : `Went no further than ${step}. ${event}`}</h2>
      {people > most && (
        <p className="muted">
          The latest {count(most)} of {count(people)}.
        </p>
      )}
      <Await answer={answer}>
        {(found) => (
          <Table
            caption="People at this step"
            fileName={`funnel-${part}-${step}`}
            rows={found.people}
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
                head: 'Last seen',
                cell: ({ lastSeen }) => (lastSeen === null ? 'never' : <Time at={lastSeen} as="ago" />),
                value: ({ lastSeen }) => lastSeen,
              },
            ]}
          />
        )}
      </Await>
    </section>
  );
}
