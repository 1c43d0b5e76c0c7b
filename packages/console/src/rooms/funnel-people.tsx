import useSWR from 'swr';
import { Link } from 'wouter';
import { ask, type CallError } from '../api/call.ts';
import { usePath } from '../api/project.ts';
import type { FunnelQuestion, SearchAnswer } from '../api/shapes.ts';
import { count } from '../parts/format.ts';
import { Await } from '../parts/states.tsx';
import { PersonMark } from '../parts/tags.tsx';
import { Time } from '../parts/text.tsx';
import '../styles/rooms/people.css';

/** Whom of a funnel the reader looks at. */
export interface Group {
  /** 1 is the first. */
  readonly step: number;
  readonly part: 'reached' | 'dropped';
  readonly people: number;
}

const most = 50;

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
          <ul className="people">
            {found.people.map((person) => (
              <li key={person.id}>
                <Link href={`/people/${encodeURIComponent(person.id)}`} className="person-row">
                  <PersonMark {...person} />
                  <span className="person-name">{person.name}</span>
                  <span className="person-ids" />
                  <span className="person-seen muted">
                    {person.lastSeen !== null && <Time at={person.lastSeen} as="ago" />}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Await>
    </section>
  );
}
