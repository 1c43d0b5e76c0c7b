import { useEffect, useMemo } from 'react';
import { Link, useLocation } from 'wouter';
import { useAnswer } from '../api/answers.ts';
import type { PersonView, SharedAnswer } from '../api/shapes.ts';
import { Await } from '../parts/states.tsx';
import { PersonMark } from '../parts/tags.tsx';
import { Code, Time } from '../parts/text.tsx';
import { useTitle } from '../shell/title.ts';
import { Consent } from './person/consent.tsx';
import { devicesOf } from './person/devices.ts';
import { type Events, useEvents } from './person/events.ts';
import { FormerIds } from './person/former-ids.tsx';
import { Identifiers, rootOf } from './person/identifiers.tsx';
import { Lanes, useLoaded } from './person/lanes.tsx';
import { nameOf } from './person/name.ts';
import { Profiles } from './person/profiles.tsx';
import { Segments } from './person/segments.tsx';
import { Timeline } from './person/timeline.tsx';
import { Traits } from './person/traits.tsx';
import { SaveAsTest } from './save-as-test.tsx';
import '../styles/rooms/person.css';
import '../styles/rooms/timeline.css';

/** The same list at every drawing, until we know. */
const nobody: SharedAnswer['devices'] = [];

/** When they last did something: traits that a backend sends about them are no sign of life. */
function LastActive({ events: { data, error } }: { events: Events }) {
  const last = data?.[0]?.events[0];
  if (data === undefined || error !== undefined) return null;
  return (
    <span className="muted">
      {last === undefined ? (
        'never active'
      ) : (
        <>
          last active <Time at={last.time} as="ago" />
        </>
      )}
    </span>
  );
}

/** Everything about one person. */
export default function Person({ id }: { id: string }) {
  const answer = useAnswer<PersonView>(`/v1/people/${encodeURIComponent(id)}`);
  return (
    <div className="room">
      <Await answer={answer} lines={8}>
        {(person) => <PersonPage person={person} asked={id} />}
      </Await>
    </div>
  );
}

function PersonPage({ person, asked }: { person: PersonView; asked: string }) {
  const [, navigate] = useLocation();
  const devices = useMemo(() => devicesOf(person), [person]);
  const events = useEvents(person.id);
  const loaded = useLoaded(events.data);
  const shared = useAnswer<SharedAnswer>(`/v1/people/${encodeURIComponent(person.id)}/shared`).data?.devices ?? nobody;
  const name = nameOf(person, loaded);

  // A former id leads here; the address then names the person as it is called now.
  useEffect(() => {
    if (person.id !== asked) navigate(`/people/${encodeURIComponent(person.id)}`, { replace: true });
  }, [person.id, asked, navigate]);

  useTitle(name);
  return (
    <>
      <header className="person-head">
        <PersonMark id={person.id} name={name} known={person.known} large />
        <div>
          <h1>{name}</h1>
          <p>
            <span className={person.known ? 'tag tag-known' : 'tag'}>{person.known ? 'known' : 'anonymous'}</span>
            {person.firstSeen !== null && (
              <span className="muted">
                first seen <Time at={person.firstSeen} />
              </span>
            )}
            <LastActive events={events} />
          </p>
        </div>
      </header>
      <div className="person">
        <div className="person-main">
          <section className="card">
            <h2>Identifiers</h2>
            <div className="person-tools">
              {person.identifierCount > 1 && (
                <Link href={`/identity?person=${encodeURIComponent(person.id)}`}>Watch them join</Link>
              )}
              <SaveAsTest
                identifiers={person.identifiers.map(({ kind, value }) => `${kind}:${value}`)}
                name="identity-of-a-person"
              />
            </div>
            <Identifiers person={person} devices={devices} shared={shared} />
            <Lanes person={person} devices={devices} events={loaded} shared={shared} />
          </section>
          <section>
            <h2>Timeline</h2>
            <Timeline events={events} devices={devices} root={rootOf(person)} />
          </section>
        </div>
        <div className="person-side">
          <Profiles person={person} />
          <section className="card">
            <h2>Traits</h2>
            <Traits person={person} />
          </section>
          <section className="card">
            <h2>Segments</h2>
            <Segments person={person} />
          </section>
          <section className="card" aria-label="Consent">
            <h2>Consent</h2>
            <Consent person={person} />
          </section>
          <section className="card">
            <h2>Person id</h2>
            <Code text={person.id} label="Copy the person id" />
            <FormerIds person={person} />
          </section>
        </div>
      </div>
    </>
  );
}
