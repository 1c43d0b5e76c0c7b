import { Pause, Play } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { useAnswer } from '../api/answers.ts';
import type { Feed } from '../api/feed.ts';
import { useLiveFeed } from '../api/live.ts';
import type { LiveItem, StatsAnswer, Status } from '../api/shapes.ts';
import { count } from '../parts/format.ts';
import { Empty } from '../parts/states.tsx';
import { StatusTag, WireTag } from '../parts/tags.tsx';
import { Id, Time } from '../parts/text.tsx';
import { isDeviceLike, wireNames } from '../parts/words.ts';
import { Choice, useParam } from '../questions/controls.tsx';
import { write } from '../questions/params.ts';
import { isTyping } from '../shell/shortcuts.tsx';
import { LiveDetails, TurnedAway, typeName } from './live-details.tsx';

const statuses: readonly Status[] = ['applied', 'duplicate', 'rejected', 'quarantined', 'suppressed'];

/** Every item as it arrives, with its verdict and why. */
export function Live() {
  const [wire, setWire] = useParam<string>('wire', '');
  const [status, setStatus] = useParam<string>('status', '');
  const [query, setQuery] = useSearchParams();
  const q = query.get('q') ?? '';
  const { feed, togglePause } = useLiveFeed({ wire, status, q });
  const [opened, setOpened] = useState<LiveItem>();

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') setOpened(undefined);
      if (event.key !== ' ' || isTyping(event.target) || event.target instanceof HTMLButtonElement) return;
      event.preventDefault();
      togglePause();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [togglePause]);

  return (
    <div className="room room-wide">
      <header className="room-head">
        <div>
          <h1>Live</h1>
          <Connection feed={feed} />
        </div>
        <div className="toolbar">
          <Choice label="Wire" value={wire} options={[['', 'All wires'], ...wireNames]} onChange={setWire} />
          <Choice
            label="Verdict"
            value={status}
            options={[['', 'All verdicts'], ...statuses.map((one) => [one, one] as const)]}
            onChange={setStatus}
          />
          <TextFilter
            value={q}
            onCommit={(text) => setQuery((now) => write(now, 'q', text || undefined), { replace: true })}
          />
          <button type="button" className="button" aria-pressed={feed.paused} onClick={togglePause}>
            {feed.paused ? <Play size={15} aria-hidden /> : <Pause size={15} aria-hidden />}
            {feed.paused ? 'Go on' : 'Pause'} <kbd>space</kbd>
          </button>
        </div>
      </header>
      <Totals />
      <div className={`live${opened ? ' live-open' : ''}`}>
        <Items feed={feed} filtered={wire + status + q !== ''} opened={opened} onOpen={setOpened} />
        {opened && <LiveDetails item={opened} onClose={() => setOpened(undefined)} />}
      </div>
    </div>
  );
}

function Connection({ feed }: { feed: Feed }) {
  const text =
    feed.connection === 'lost'
      ? 'Connection lost. Trying again …'
      : feed.connection === 'connecting'
        ? 'Connecting …'
        : feed.paused
          ? feed.waiting.length === 0
            ? 'Paused'
            : `Paused · ${count(feed.waiting.length)} waiting`
          : 'Listening';
  const state = feed.connection !== 'open' ? 'lost' : feed.paused ? 'paused' : 'open';
  return (
    <p className={`connection connection-${state}`} role="status">
      {text}
    </p>
  );
}

/** Filters a moment after the last letter. */
function TextFilter({ value, onCommit }: { value: string; onCommit: (text: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => {
    if (text === value) return;
    const later = setTimeout(() => onCommit(text), 300);
    return () => clearTimeout(later);
  }, [text, value, onCommit]);
  return (
    <div className="field">
      <label htmlFor="live-text">Text</label>
      <input
        id="live-text"
        type="search"
        value={text}
        placeholder="Name, identifier …"
        onChange={(event) => setText(event.target.value)}
      />
    </div>
  );
}

/** What came in altogether and what became of it: the terms always add up. */
function Totals() {
  const { data } = useAnswer<StatsAnswer>('/v1/stats', {}, { refreshInterval: 5_000 });
  if (data === undefined) return null;
  const terms = [
    ['received', data.received],
    ...statuses.map((status) => [status, data[status]] as const),
    ['people', data.people],
  ] as const;
  return (
    <dl className="totals">
      {terms.map(([name, value]) => (
        <div key={name} className={`total total-${name}`}>
          <dt>{name}</dt>
          <dd>{count(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Items({
  feed,
  filtered,
  opened,
  onOpen,
}: {
  feed: Feed;
  filtered: boolean;
  opened: LiveItem | undefined;
  onOpen: (item: LiveItem) => void;
}) {
  if (feed.items.length === 0 && feed.connection === 'open')
    return filtered ? (
      <Empty title="Nothing matches">Take a filter out, or wait for the next item.</Empty>
    ) : (
      <Empty title="Waiting for the next item">
        Items appear here the moment they arrive. The <Link href="/setup">Setup page</Link> has snippets that send one.
      </Empty>
    );
  return (
    <ol className="items" aria-label="Items, newest first">
      {feed.items.map((item) => (
        <li key={item.position} className={item === opened ? 'item item-opened' : 'item'}>
          <button type="button" className="item-open" aria-expanded={item === opened} onClick={() => onOpen(item)}>
            <span className="item-time">
              <Time at={item.at} as="clock" />
            </span>
            <StatusTag status={item.status} />
            <span className="item-name">
              {item.name ?? typeName(item)}
              {item.name !== null && item.type !== 'track' && <span className="muted"> {item.type}</span>}
              {item.hidden && <span className="tag">hidden</span>}
            </span>
            <span className="item-ids">
              {item.turnedAway !== undefined && <TurnedAway {...item.turnedAway} />}
              {strongestFirst(item.ids)
                .slice(0, 2)
                .map(({ kind, value, as = kind }) => (
                  <Id key={`${kind}:${value}`} kind={as} value={value} />
                ))}
              {item.ids.length > 2 && <span className="muted">+{item.ids.length - 2}</span>}
            </span>
            <span className="item-why">{item.reason ?? item.notes[0]?.reason}</span>
            <WireTag wire={item.wire} />
          </button>
          {item.personId !== null ? (
            <Link href={`/people/${encodeURIComponent(item.personId)}`} className="item-person">
              {item.known ? 'Person' : 'Visitor'}
            </Link>
          ) : (
            <span className="item-person muted">–</span>
          )}
        </li>
      ))}
    </ol>
  );
}

/** Who before what: in a narrow row the first identifier is the one that is seen whole. */
const strongestFirst = (ids: LiveItem['ids']): LiveItem['ids'] =>
  ids.toSorted((a, b) => Number(isDeviceLike(a.kind)) - Number(isDeviceLike(b.kind)));
