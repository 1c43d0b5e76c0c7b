import { Download, Search } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { typed, useChoice, useText } from '../../address/params.ts';
import { useProblems } from '../../address/problems.ts';
import { useQuery } from '../../api/answers.ts';
import { CallError, fetchFile } from '../../api/call.ts';
import { usePath, useProject } from '../../api/project.ts';
import type { PeopleListAnswer } from '../../api/shapes.ts';
import { saveFile } from '../../parts/export.ts';
import { count, people as peopleInWords } from '../../parts/format.ts';
import { SearchInput } from '../../parts/search-input.tsx';
import { Await, Empty, Notice } from '../../parts/states.tsx';
import { Working } from '../../parts/working.tsx';
import { Choice } from '../../questions/controls.tsx';
import { Figure } from '../../questions/figure.tsx';
import { SaveQuestion } from '../../questions/save.tsx';
import { useWho, WhoPicker, whoChecks } from '../../questions/who.tsx';
import { useTitle } from '../../shell/title.ts';
import { takeTypedAhead } from '../../shell/type-ahead.ts';
import { activeRange, actives } from './active.ts';
import { ColumnPicker, useColumns } from './columns.tsx';
import { PeopleTable } from './people-table.tsx';
import { sortValues, useSort } from './sort.ts';
import '../../styles/rooms/people.css';

const pageSize = 50;

/** The list that the address asks for. */
function usePeople() {
  const { timeZone } = useProject();
  const [q, setQ] = useText('q', typed);
  const [active, setActive] = useChoice('active', activeValues, '');
  const [pageText, setPage] = useText('page');
  const page = Math.max(1, Number.parseInt(pageText, 10) || 1);
  const who = useWho();
  const columns = useColumns();
  const sort = useSort();
  const chosen = {
    text: q,
    ...(who === undefined ? {} : { who }),
    ...activeRange(active, timeZone),
    sort: sort.by,
    descending: sort.descending,
    traits: columns.traits,
  };
  const found = useQuery<PeopleListAnswer>('/v1/people/query', {
    ...chosen,
    limit: pageSize,
    offset: (page - 1) * pageSize,
  });
  const narrowed = q !== '' || who !== undefined || active !== '';
  return { q, setQ, active, setActive, page, setPage, columns, sort, chosen, found, narrowed };
}

/** How many there are, for the board. */
export function PeopleCard() {
  const { found } = usePeople();
  return (
    <Await answer={found} waiting={<Working />}>
      {({ total }) => (
        <dl className="figures">
          <Figure label="people, as the list finds them now" value={count(total)} />
        </dl>
      )}
    </Await>
  );
}

/** Everybody, or those a search and filters leave; sorted, page by page, to take along as CSV. */
export default function People() {
  useTitle('People');
  const { q, setQ, active, setActive, page, setPage, columns, sort, chosen, found, narrowed } = usePeople();
  const problems = useProblems({
    ...whoChecks,
    active: (text) => (activeValues.includes(text) ? undefined : 'no span of time'),
    sort: (text) => (sortValues.some((one) => one === text) ? undefined : 'no column to sort by'),
    page: (text) => (/^[1-9]\d{0,6}$/.test(text) ? undefined : 'no page'),
  });
  const list = useRef<HTMLDivElement>(null);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move among the links inside, which work without
    <div className="room room-wide" ref={list} onKeyDown={(event) => moveByArrows(event, list.current)}>
      <header className="room-head">
        <div>
          <h1>People</h1>
          <p className="muted" role="status">
            {found.data === undefined
              ? '\u00a0'
              : `${peopleInWords(found.data.total)}${narrowed ? ' found' : ', known and anonymous'}`}
          </p>
        </div>
        <div className="toolbar">
          <ColumnPicker columns={columns} />
          <TakeAll chosen={chosen} />
          <SaveQuestion />
        </div>
      </header>
      {problems.map(({ text, why }) => (
        <Notice key={text}>
          The address says <code>{text}</code>, which is {why}; it is left out.
        </Notice>
      ))}
      <Find
        q={q}
        onFind={(text) => {
          setQ(text);
          if (page > 1) setPage('');
        }}
        first={found.data?.people[0]?.id}
      />
      <div className="toolbar people-filters">
        <WhoPicker />
        <Choice
          label="Last active"
          value={active}
          options={actives}
          onChange={(value) => {
            setActive(value);
            if (page > 1) setPage('');
          }}
        />
      </div>
      <Await answer={found} waiting={<Working />}>
        {(answer) =>
          answer.people.length === 0 ? (
            <Nobody narrowed={narrowed} page={page} />
          ) : (
            <>
              <PeopleTable people={answer.people} columns={columns} sort={sort} />
              <Pages
                page={page}
                shown={answer.people.length}
                total={answer.total}
                onPage={(to) => setPage(to === 1 ? '' : String(to))}
              />
            </>
          )
        }
      </Await>
    </div>
  );
}

const activeValues: readonly string[] = actives.map(([value]) => value);

function Find({ q, onFind, first }: { q: string; onFind: (text: string) => void; first: string | undefined }) {
  const field = useRef<HTMLInputElement>(null);
  const [, navigate] = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was typed on the way here is taken once
  useEffect(() => {
    const before = takeTypedAhead();
    if (before) onFind(before);
    field.current?.focus();
  }, []);
  return (
    // biome-ignore lint/a11y/useSemanticElements: the form itself is the landmark
    <form
      className="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        if (first !== undefined && field.current?.value === q) navigate(`/people/${encodeURIComponent(first)}`);
      }}
    >
      <Search size={18} aria-hidden />
      <SearchInput
        ref={field}
        id="people-search"
        aria-label="Find a person"
        placeholder="Name, part of an e-mail, customer id, device, kind:value …"
        value={q}
        onCommit={onFind}
        // The key that leads here, pressed once more.
        onKeyDown={(event) => event.key === '/' && event.currentTarget.value === '' && event.preventDefault()}
        wait={150}
      />
      <kbd>/</kbd>
    </form>
  );
}

function Nobody({ narrowed, page }: { narrowed: boolean; page: number }) {
  if (page > 1) return <Empty title="This page is past the last one">Go back to the first.</Empty>;
  return narrowed ? (
    <Empty title="Nobody found">
      The search looks at the beginning of identifiers and of every word of names, and anywhere in e-mails. Try fewer
      letters, or take a filter out.
    </Empty>
  ) : (
    <Empty title="Nobody yet">
      People appear with the first event. The <Link href="/setup">Setup page</Link> shows how to send one.
    </Empty>
  );
}

function Pages({
  page,
  shown,
  total,
  onPage,
}: {
  page: number;
  shown: number;
  total: number;
  onPage: (page: number) => void;
}) {
  const first = (page - 1) * pageSize + 1;
  const last = first + shown - 1;
  return (
    <nav className="pages" aria-label="Pages">
      <button type="button" className="button" disabled={page === 1} onClick={() => onPage(page - 1)}>
        Before
      </button>
      <span className="muted">
        {first.toLocaleString('en-GB')}–{last.toLocaleString('en-GB')} of {total.toLocaleString('en-GB')}
      </span>
      <button type="button" className="button" disabled={last >= total} onClick={() => onPage(page + 1)}>
        Next
      </button>
    </nav>
  );
}

/** Everybody found, as a file made by the server. */
function TakeAll({ chosen }: { chosen: object }) {
  const path = usePath();
  const { id } = useProject();
  const [state, setState] = useState<'idle' | 'busy' | CallError>('idle');
  const take = () => {
    setState('busy');
    fetchFile(path('/v1/people/export'), chosen).then(
      (file) => {
        saveFile(`people-${id}.csv`, file);
        setState('idle');
      },
      (error: unknown) => setState(error instanceof CallError ? error : new CallError(0, 'failed', 'It failed.')),
    );
  };
  return (
    <>
      <button type="button" className="button" onClick={take} disabled={state === 'busy'}>
        <Download size={15} aria-hidden /> {state === 'busy' ? 'Making the file …' : 'CSV'}
      </button>
      {state instanceof CallError && <p role="alert">{state.message} No file was made.</p>}
    </>
  );
}

/** Up and down move among the people, from the search on. */
function moveByArrows(event: KeyboardEvent, room: HTMLElement | null): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const target = event.target as HTMLElement;
  if (step === 0 || room === null || !(target.id === 'people-search' || target.classList.contains('person-link')))
    return;
  event.preventDefault();
  const all = [...room.querySelectorAll<HTMLAnchorElement>('.person-link')];
  const next = all.indexOf(target as HTMLAnchorElement) + step;
  if (next < 0) room.querySelector<HTMLInputElement>('#people-search')?.focus();
  else all[next]?.focus();
}
