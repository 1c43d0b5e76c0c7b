import { Search } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';
import { typed, useText } from '../address/params.ts';
import { useAnswer } from '../api/answers.ts';
import type { SearchAnswer, StatsAnswer } from '../api/shapes.ts';
import { people } from '../parts/format.ts';
import { SearchInput } from '../parts/search-input.tsx';
import { Await, Empty } from '../parts/states.tsx';
import { PersonMark } from '../parts/tags.tsx';
import { Id, Time } from '../parts/text.tsx';
import { useTitle } from '../shell/title.ts';
import { takeTypedAhead } from '../shell/type-ahead.ts';

/** Finds people by the beginning of a name, an e-mail or any identifier. Arrow keys move, Enter opens. */
export default function People() {
  useTitle('People');
  const [q, setQ] = useText('q', typed);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [, navigate] = useLocation();
  const found = useAnswer<SearchAnswer>('/v1/people/search', { q }, {});
  const stats = useAnswer<StatsAnswer>('/v1/stats');

  useEffect(() => {
    const before = takeTypedAhead();
    if (before) setQ(before);
    field.current?.focus();
  }, [setQ]);

  const links = () => [...(list.current?.querySelectorAll<HTMLAnchorElement>('a') ?? [])];
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const all = links();
    const next = all.indexOf(document.activeElement as HTMLAnchorElement) + step;
    if (next < 0) document.querySelector<HTMLInputElement>('#people-search')?.focus();
    else all[next]?.focus();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move among the links inside, which work without
    <div className="room" onKeyDown={onKey}>
      <header className="room-head">
        <div>
          <h1>People</h1>
          <p className="muted">
            {stats.data
              ? `${people(stats.data.people)}, known and anonymous${stats.data.behind > 0 ? ', and still counting' : ''}`
              : '\u00a0'}
          </p>
        </div>
      </header>
      {/* biome-ignore lint/a11y/useSemanticElements: the form itself is the landmark */}
      <form
        className="search"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          const first = found.data?.people[0];
          if (first !== undefined && field.current?.value === q) navigate(`/people/${encodeURIComponent(first.id)}`);
        }}
      >
        <Search size={18} aria-hidden />
        <SearchInput
          ref={field}
          id="people-search"
          aria-label="Find a person"
          placeholder="Name, e-mail, customer id, device …"
          value={q}
          onCommit={setQ}
          // The key that leads here, pressed once more.
          onKeyDown={(event) => event.key === '/' && event.currentTarget.value === '' && event.preventDefault()}
          wait={150}
        />
        <kbd>/</kbd>
      </form>
      <Await answer={found} lines={6}>
        {({ people }) =>
          people.length === 0 ? (
            <Empty title={q === '' ? 'Nobody yet' : 'Nobody found'}>
              {q === '' ? (
                <>
                  People appear with the first event. The <Link href="/setup">Setup page</Link> shows how to send one.
                </>
              ) : (
                'The search looks at the beginning of identifiers and of every word of names and e-mails. Try fewer letters.'
              )}
            </Empty>
          ) : (
            <ul className="people" ref={list}>
              {people.map((person) => (
                <li key={person.id}>
                  <Link href={`/people/${encodeURIComponent(person.id)}`} className="person-row">
                    <PersonMark {...person} />
                    <span className="person-name">
                      {person.name}
                      {!person.known && <span className="tag">anonymous</span>}
                    </span>
                    <span className="person-ids">
                      {person.identifiers.slice(0, 3).map(({ kind, value }) => (
                        <Id key={`${kind}:${value}`} kind={kind} value={value} />
                      ))}
                      {person.identifiers.length > 3 && <span className="muted">+{person.identifiers.length - 3}</span>}
                    </span>
                    <span className="person-seen muted">
                      {person.lastSeen === null ? 'never seen' : <Time at={person.lastSeen} as="ago" />}
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Await>
    </div>
  );
}
