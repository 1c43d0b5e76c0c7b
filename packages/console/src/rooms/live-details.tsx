import { X } from 'lucide-react';
import { Link } from 'wouter';
import type { LiveItem } from '../api/shapes.ts';
import { count } from '../parts/format.ts';
import { StatusTag, WireTag } from '../parts/tags.tsx';
import { Code, Id, Json, Time } from '../parts/text.tsx';
import { isDeviceLike, ruleInWords } from '../parts/words.ts';
import { whyPath } from './why.tsx';
import '../styles/rooms/live.css';

/** One item in full: what came, what we decided, what it did to the graph. */
export function LiveDetails({
  item,
  onClose,
  onFollow,
}: {
  item: LiveItem;
  onClose: () => void;
  /** Shows what this person does, and nobody else. */
  onFollow: (person: string) => void;
}) {
  const person = item.personId;
  // Of a device it is worth asking; a login says itself whose it is.
  const asked = item.ids.find(({ kind }) => isDeviceLike(kind)) ?? item.ids[0];
  return (
    <aside className="drawer" aria-label="Details of the item">
      <header>
        <h2>{item.name ?? typeName(item)}</h2>
        <button type="button" className="icon-button" aria-label="Close the details" onClick={onClose}>
          <X size={17} />
        </button>
      </header>
      <p className="drawer-line">
        <StatusTag status={item.status} /> <WireTag wire={item.wire} />{' '}
        {item.turnedAway === undefined ? (
          <span className="tag">{typeName(item)}</span>
        ) : (
          <TurnedAway {...item.turnedAway} />
        )}
      </p>
      {item.reason !== null && (
        <p>
          {item.reason} <Rule rule={item.rule} />
        </p>
      )}
      <dl className="facts">
        <dt>Happened</dt>
        <dd>
          <Time at={item.time} />
        </dd>
        <dt>Arrived</dt>
        <dd>
          <Time at={item.at} />
        </dd>
        <dt>In the log</dt>
        <dd className="mono">{item.logPosition ?? (item.turnedAway === undefined ? 'only counted' : 'nothing')}</dd>
        <dt>Person</dt>
        <dd>
          {person === null ? (
            'nobody'
          ) : (
            <>
              <Link href={`/people/${encodeURIComponent(person)}`}>{item.known ? 'known' : 'anonymous'} · open</Link>{' '}
              <button type="button" className="button button-quiet" onClick={() => onFollow(person)}>
                Only this person
              </button>{' '}
              {asked !== undefined && (
                <Link href={whyPath({ a: `${asked.kind}:${asked.value}`, at: item.time })}>Why theirs?</Link>
              )}
            </>
          )}
        </dd>
      </dl>
      {item.turnedAway === undefined && <Identifiers ids={item.ids} />}
      {item.notes.length > 0 && (
        <>
          <h3>What it did</h3>
          <ul className="notes">
            {item.notes.map((note, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: notes of one item never move
              <li key={index} className={`note note-${note.effect}`}>
                <strong>{note.effect}</strong> {note.reason} <Rule rule={note.rule} />
              </li>
            ))}
          </ul>
        </>
      )}
      {item.directory !== undefined && <Directory {...item.directory} />}
      {item.sent !== undefined && (
        <>
          <h3>What was sent</h3>
          <p className="mono">{item.sent.path}</p>
          <Code text={item.sent.body} label="Copy what was sent" />
        </>
      )}
      <h3>Item</h3>
      <Json value={item} />
    </aside>
  );
}

/** Under the names its sender has for them. */
function Identifiers({ ids }: { ids: LiveItem['ids'] }) {
  return (
    <>
      <h3>Identifiers</h3>
      {ids.length === 0 ? (
        <p className="muted">None came with it.</p>
      ) : (
        <ul className="plain">
          {ids.map(({ kind, value, as = kind }) => (
            <li key={`${kind}:${value}`}>
              <Id kind={as} value={value} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** What an item is, in words. */
export const typeName = ({ type }: LiveItem): string => type.replaceAll('-', ' ');

/** How the server answered requests that it turned away, and how many they were. */
export function TurnedAway({ status, requests }: NonNullable<LiveItem['turnedAway']>) {
  return (
    <span className="tag">
      {status}
      {requests > 1 && ` × ${count(requests)}`}
    </span>
  );
}

const found = { found: 'found by lookup', previous: 'the profile it had', made: 'a new profile' } as const;

/** What the directory answered, and everybody it looked at. */
function Directory({ call, mpid, how, known, loggedIn, matched, candidates }: NonNullable<LiveItem['directory']>) {
  return (
    <>
      <h3>Directory</h3>
      <p>
        {call} → <span className="mono">{mpid}</span>, {found[how]}, {known ? 'known' : 'anonymous'}
        {loggedIn ? ', logged in' : ''}
      </p>
      {matched.length > 0 && (
        <p>
          It held{' '}
          {matched.map(({ kind, value, as = kind }) => (
            <Id key={`${kind}:${value}`} kind={as} value={value} />
          ))}
        </p>
      )}
      <ul className="notes">
        {candidates.map((one) => (
          <li key={one.mpid} className={`note note-${one.verdict === 'taken' ? 'linked' : 'ignored'}`}>
            <strong>{one.verdict}</strong> <span className="mono">{one.mpid}</span> {one.reason}{' '}
            <Rule rule={one.rule} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** The number of a rule, with what it says in its title. */
function Rule({ rule }: { rule: string | null }) {
  return rule === null ? null : (
    <abbr className="rule" title={ruleInWords(rule) ?? rule}>
      {rule}
    </abbr>
  );
}
