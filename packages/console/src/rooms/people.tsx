import { Search } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import { useAnswer } from '../api/answers.ts';
import type { SearchAnswer, StatsAnswer } from '../api/shapes.ts';
import { people } from '../parts/format.ts';
import { Await, Empty } from '../parts/states.tsx';
import { PersonMark } from '../parts/tags.tsx';
import { Id, Time } from '../parts/text.tsx';
import { write } from '../questions/params.ts';

/** Finds people by the beginning of a name, an e-mail or any identifier. Arrow keys move, Enter opens. */
export function People() {
  const [query, setQuery] = useSearchParams();
  const q = query.get('q') ?? '';
  const [text, setText] = useState(q);
  const list = useRef<HTMLUListElement>(null);
  const [, navigate] = useLocation();
  const found = useAnswer<SearchAnswer>('/v1/people/search', { q }, {});
  const stats = useAnswer<StatsAnswer>('/v1/stats');

  useEffect(() => {
    if (text === q) return;
    const later = setTimeout(() => setQuery((now) => write(now, 'q', text), { replace: true }), 150);
    return () => clearTimeout(later);
  }, [text, q, setQuery]);

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
          <p className="muted">{stats.data ? `${people(stats.data.people)}, known and anonymous` : '\u00a0'}</p>
        </div>
      </header>
      {/* biome-ignore lint/a11y/useSemanticElements: the form itself is the landmark */}
      <form
        className="search"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          const first = found.data?.people[0];
          if (first !== undefined && text === q) navigate(`/people/${encodeURIComponent(first.id)}`);
        }}
      >
        <Search size={18} aria-hidden />
        <input
          id="people-search"
          type="search"
          aria-label="Find a person"
          placeholder="Name, e-mail, customer id, device …"
          value={text}
          // biome-ignore lint/a11y/noAutofocus: searching is what this page is for
          autoFocus
          onChange={(event) => setText(event.target.value)}
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
                'The search looks at the beginning of names and identifiers. Try fewer letters.'
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
