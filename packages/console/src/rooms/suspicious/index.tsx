import { useState } from 'react';
import { Link } from 'wouter';
import { useAnswer } from '../../api/answers.ts';
import type { SuspiciousAnswer } from '../../api/shapes.ts';
import { count } from '../../parts/format.ts';
import { Await, Empty } from '../../parts/states.tsx';
import { Id, Time } from '../../parts/text.tsx';
import { wireName } from '../../parts/wires.ts';
import { trustInWords } from '../../parts/words.ts';
import { useTitle } from '../../shell/title.ts';
import { useTimes } from '../../time/use-times.ts';
import { type Done, TakeBack, TakenBack } from '../take-back.tsx';
import { TrustIt } from './trust-it.tsx';
import '../../styles/rooms/suspicious.css';

type Row = SuspiciousAnswer['rows'][number];

const titles: Readonly<Record<Row['what'], string>> = {
  'shared-value': 'Many people have it',
  'merged-value': 'Merged with many',
  'weak-join': 'One weak word joins two histories',
  'sudden-growth': 'Grew on one day',
};

/** Joins that may be mistakes, the worst first, each with its evidence and a way back. */
export default function Suspicious() {
  useTitle('Suspicious');
  const answer = useAnswer<SuspiciousAnswer>('/v1/suspicious');
  const [takenBack, setTakenBack] = useState<Done>();
  return (
    <div className="room">
      <header className="room-head">
        <div>
          <h1>Suspicious</h1>
          <p className="muted">
            Joins that may be mistakes, the worst first. Nothing is changed until you take it back.
          </p>
        </div>
      </header>
      {takenBack !== undefined && <TakenBack done={takenBack} onBack={() => setTakenBack(undefined)} />}
      <Await answer={answer} lines={6}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty title="Nothing looks wrong">
              Values of many people, merges of one value with many, one weak word between two rich histories and people
              who grew on one day would stand here.
            </Empty>
          ) : (
            <ol className="suspects" aria-label="Suspicious joins, the worst first">
              {rows.map((row) => (
                <Suspect
                  key={`${row.what} ${row.identifier.kind}:${row.identifier.value}`}
                  row={row}
                  onTakenBack={setTakenBack}
                />
              ))}
            </ol>
          )
        }
      </Await>
    </div>
  );
}

function Suspect({ row, onTakenBack }: { row: Row; onTakenBack: (done: Done) => void }) {
  const { what, isQuarantined, identifier, person, events, evidence, cure } = row;
  const key = `${identifier.kind}:${identifier.value}`;
  return (
    <li className="card">
      <h2>
        {titles[what]}
        {isQuarantined && <span className="status status-quarantined">quarantined</span>}
      </h2>
      <p>
        <Link href={`/device?of=${encodeURIComponent(key)}`} title="Who used it when">
          <Id {...identifier} />
        </Link>{' '}
        <Radius row={row} />
      </p>
      <p className="muted">
        {count(events.own)} {events.own === 1 ? 'event hangs' : 'events hang'} on it, {count(events.others)} on the rest
        of{' '}
        {person === null ? 'its person' : <Link href={`/people/${encodeURIComponent(person.id)}`}>{person.name}</Link>}.
      </p>
      {evidence.length > 0 && (
        <details>
          <summary>What was said</summary>
          <ul className="plain">
            {evidence.map((word) => (
              <li key={`${word.claim} ${word.with.value}`}>
                <Time at={word.time} />, <Id {...word.with} />{' '}
                <span className="muted">
                  by {wireName(word.source)}, said by {trustInWords(word.trust)} (T{word.trust}), claim{' '}
                  <span className="mono">{word.claim}</span>
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
      {isQuarantined && <TrustIt value={key} />}
      <TakeBack told={cure} onDone={onTakenBack} />
    </li>
  );
}

/** How far it reaches, in words. */
function Radius({ row: { what, isQuarantined, reach, peak } }: { row: Row }) {
  const times = useTimes();
  const day = peak === null ? '' : `, ${count(peak.count)} of them on ${times.day(peak.day)}`;
  switch (what) {
    case 'shared-value':
      return (
        <>
          was said to be {count(reach)} people’s{day}
          {isQuarantined && '; the breaker believes it for none of them'}.
        </>
      );
    case 'merged-value':
      return (
        <>
          was merged with {count(reach)} others{day}
          {isQuarantined && '; the breaker lets the merges of that day join nobody'}.
        </>
      );
    case 'sudden-growth':
      return (
        <>
          got {count(reach)} identifiers on {peak === null ? 'one day' : times.day(peak.day)}.
        </>
      );
    default:
      return <>had a history of its own, and a single word joined it to somebody else’s.</>;
  }
}
