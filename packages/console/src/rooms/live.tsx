import { Pause, Play } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { typed, useChoice, useText } from '../address/params.ts';
import { useProblems } from '../address/problems.ts';
import { useAnswer } from '../api/answers.ts';
import type { Feed, StreamItem } from '../api/feed.ts';
import { useLiveFeed } from '../api/live.ts';
import type { LiveItem, StatsAnswer, Status } from '../api/shapes.ts';
import { count } from '../parts/format.ts';
import { SearchInput } from '../parts/search-input.tsx';
import { Await, Empty, Notice } from '../parts/states.tsx';
import { StatusTag, WireTag } from '../parts/tags.tsx';
import { Id, Time } from '../parts/text.tsx';
import { wireNames } from '../parts/wires.ts';
import { isDeviceLike } from '../parts/words.ts';
import { Choice } from '../questions/controls.tsx';
import { useNames } from '../questions/names.ts';
import { isTyping } from '../shell/is-typing.ts';
import { useTitle } from '../shell/title.ts';
import { LiveDetails, TurnedAway, typeName } from './live-details.tsx';
import { OutgoingDetails, OutgoingLine } from './live-outgoing.tsx';
import { rateOf } from './live-rates.ts';
import { useSamples } from './use-samples.ts';
import '../styles/rooms/live.css';

const statuses: readonly Status[] = ['applied', 'duplicate', 'rejected', 'quarantined', 'suppressed'];

const directions = [
  ['in', 'Coming in'],
  ['out', 'Going out'],
  ['both', 'Both'],
] as const;

const anyStatus: readonly (Status | '')[] = ['', ...statuses];

/** Every item as it arrives, with its verdict and why. */
export default function Live() {
  useTitle('Live');
  const wires = ['', ...wireNames().map(([one]) => one)];
  const [wire, setWire] = useChoice('wire', wires, '');
  const [direction, setDirection] = useChoice(
    'direction',
    directions.map(([one]) => one),
    'in',
  );
  const [status, setStatus] = useChoice<Status | ''>('status', anyStatus, '');
  const [q, setQ] = useText('q', typed);
  const [name, setName] = useText('name');
  const [person, setPerson] = useText('person');
  const names = useNames('names').data ?? [];
  const problems = useProblems({
    wire: (text) => (wires.includes(text) ? undefined : 'no wire'),
    direction: (text) => (directions.some(([one]) => one === text) ? undefined : 'no direction'),
    status: (text) => (anyStatus.includes(text as Status) ? undefined : 'no verdict'),
  });
  const { feed, togglePause } = useLiveFeed({ wire, status, name, person, q, direction });
  const [opened, setOpened] = useState<StreamItem>();

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
          <Choice label="Direction" value={direction} options={directions} onChange={setDirection} />
          <Choice label="Wire" value={wire} options={[['', 'All wires'], ...wireNames()]} onChange={setWire} />
          <Choice
            label="Verdict"
            value={status}
            options={[['', 'All verdicts'], ...statuses.map((one) => [one, one] as const)]}
            onChange={setStatus}
          />
          <Choice
            label="Event"
            value={name}
            options={[['', 'All events'], ...names.map(([one]) => [one, one] as const)]}
            onChange={setName}
          />
          <div className="field">
            <label htmlFor="live-text">Text</label>
            <SearchInput id="live-text" value={q} onCommit={setQ} wait={300} placeholder="Name, identifier …" />
          </div>
          <button type="button" className="button" aria-pressed={feed.paused} onClick={togglePause}>
            {feed.paused ? <Play size={15} aria-hidden /> : <Pause size={15} aria-hidden />}
            {feed.paused ? 'Go on' : 'Pause'} <kbd>space</kbd>
          </button>
        </div>
      </header>
      {problems.map(({ text, why }) => (
        <Notice key={text}>
          The address says <code>{text}</code>, which is {why}; it is left out.
        </Notice>
      ))}
      {person !== '' && (
        <p className="live-only">
          Only what <Link href={`/people/${encodeURIComponent(person)}`}>this person</Link> does, under every id they
          went by.{' '}
          <button type="button" className="button button-quiet" onClick={() => setPerson('')}>
            Everybody again
          </button>
        </p>
      )}
      <Totals />
      <div className={`live${opened ? ' live-open' : ''}`}>
        <Items
          feed={feed}
          goesOut={direction === 'out'}
          filtered={wire + status + name + person + q !== ''}
          opened={opened}
          onOpen={setOpened}
        />
        {opened !== undefined &&
          ('output' in opened ? (
            <OutgoingDetails item={opened} onClose={() => setOpened(undefined)} />
          ) : (
            <LiveDetails item={opened} onClose={() => setOpened(undefined)} onFollow={setPerson} />
          ))}
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

/** What came in altogether and what became of it, and how fast: the terms always add up. */
function Totals() {
  const answer = useAnswer<StatsAnswer>('/v1/stats', {}, { refreshInterval: 5_000 });
  const samples = useSamples(answer.data);
  return (
    <Await answer={answer} lines={1}>
      {(stats) => (
        <dl className="totals">
          {totalsOf(stats).map(([name, value]) => {
            const rate = rateOf(samples, (one) => totalsOf(one).find(([other]) => other === name)?.[1] ?? 0);
            return (
              <div key={name} className={`total total-${name}`}>
                <dt>{name}</dt>
                <dd>
                  {count(value)}
                  <small className="total-rate">{rate === undefined ? '…' : `${rate} a second`}</small>
                </dd>
              </div>
            );
          })}
        </dl>
      )}
    </Await>
  );
}

const totalsOf = (stats: StatsAnswer) =>
  [
    ['received', stats.received],
    ...statuses.map((status) => [status, stats[status]] as const),
    ['people', stats.people],
  ] as const;

function Items({
  feed,
  goesOut,
  filtered,
  opened,
  onOpen,
}: {
  feed: Feed;
  goesOut: boolean;
  filtered: boolean;
  opened: StreamItem | undefined;
  onOpen: (item: StreamItem) => void;
}) {
  if (feed.items.length === 0 && feed.connection === 'open')
    return filtered ? (
      <Empty title="Nothing matches">Take a filter out, or wait for the next item.</Empty>
    ) : goesOut ? (
      <Empty title="Waiting for the next message">
        Each message of an <Link href="/outputs">output</Link> appears here with what became of it, and what was not
        sent with the step that kept it.
      </Empty>
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
            {'output' in item ? <OutgoingLine item={item} /> : <Line item={item} />}
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

function Line({ item }: { item: LiveItem }) {
  return (
    <>
      <span className="item-time">
        <Time at={item.at} as="clock" />
      </span>
      <StatusTag status={item.status} />
      <span className="item-name">
        {item.name ?? typeName(item)}
        {item.name !== null && item.type !== 'track' && <span className="muted"> {item.type}</span>}
        {item.sent !== undefined && <span className="muted"> {item.sent.path}</span>}
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
    </>
  );
}

/** Who before what: in a narrow row the first identifier is the one that is seen whole. */
const strongestFirst = (ids: LiveItem['ids']): LiveItem['ids'] =>
  ids.toSorted((a, b) => Number(isDeviceLike(a.kind)) - Number(isDeviceLike(b.kind)));
