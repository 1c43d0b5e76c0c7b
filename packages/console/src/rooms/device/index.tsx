import { useMemo, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { useAnswer } from '../../api/answers.ts';
import type { DeviceView } from '../../api/shapes.ts';
import { AsOf, useEndOf } from '../../parts/as-of.tsx';
import { count } from '../../parts/format.ts';
import { Await, Empty } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Id, Time } from '../../parts/text.tsx';
import { wireName } from '../../parts/wires.ts';
import { ruleInWords, sentence, trustInWords } from '../../parts/words.ts';
import { useTitle } from '../../shell/title.ts';
import { IdentifierForm } from '../identifier-form.tsx';
import { type Done, TakeBack, TakenBack } from '../take-back.tsx';
import { Lane } from './lane.tsx';
import { type Owner, ownersOf, type Stretch, withinLife } from './owners.ts';
import { PinIt } from './pin.tsx';
import '../../styles/rooms/device.css';

/** One device through time: whose it was, who said so, when it was silent. It stands in the address. */
export default function Device() {
  useTitle('Device');
  const [query] = useSearchParams();
  const of = query.get('of') ?? '';
  const colon = of.indexOf(':');
  return (
    <div className="room">
      <header className="room-head">
        <div>
          <h1>Device</h1>
          <p className="muted">Who used it when, who said so, and when it was silent.</p>
        </div>
      </header>
      <IdentifierForm label="A device, or any other identifier" of={of} example="device:5f1c…" />
      {colon > 0 ? (
        <Shown key={of} kind={of.slice(0, colon)} value={of.slice(colon + 1)} />
      ) : (
        <Empty title="One device, one lane">
          Write it as <code>kind:value</code>. A person’s page leads here from each of their devices.
        </Empty>
      )}
    </div>
  );
}

function Shown({ kind, value }: { kind: string; value: string }) {
  const [day, setDay] = useState('');
  const answer = useAnswer<DeviceView>('/v1/devices', { kind, value, asOf: useEndOf(day) });
  const then = <AsOf value={day} onChange={setDay} />;
  const [takenBack, setTakenBack] = useState<Done>();
  const undone = takenBack !== undefined && <TakenBack done={takenBack} onBack={() => setTakenBack(undefined)} />;
  if (answer.error?.status === 404)
    return (
      <>
        {undone}
        {day !== '' && then}
        <Empty title="Nobody ever named it">
          What names it would show here. Look whether kind and value are as they were sent.
        </Empty>
      </>
    );
  return (
    <>
      {undone}
      {then}
      <Await answer={answer} lines={6}>
        {(device) => <Through device={device} onTakenBack={setTakenBack} />}
      </Await>
    </>
  );
}

function Through({ device, onTakenBack }: { device: DeviceView; onTakenBack: (done: Done) => void }) {
  const owners = useMemo(() => ownersOf(device), [device]);
  const { stretches, stretchCount, words, wordCount, firstSeen, lastSeen } = device;
  return (
    <>
      <section className="card">
        <h2>
          <Id kind={device.kind} value={device.value} />
        </h2>
        <p>
          {device.owners === 0
            ? 'Nobody we know had it'
            : `${count(device.owners)} ${device.owners === 1 ? 'person' : 'people'} had it`}
          {firstSeen !== null && lastSeen !== null && (
            <>
              , seen from <Time at={firstSeen} /> to <Time at={lastSeen} />
            </>
          )}
          .
        </p>
        <Lane device={device} owners={owners} />
        <ul className="legend" aria-label="Who had it">
          {[...owners.values()].map((owner) => (
            <li key={owner.id}>
              <span className={`swatch hue-${owner.hue}`} aria-hidden />{' '}
              <Link href={`/people/${encodeURIComponent(owner.id)}`}>{owner.name}</Link>
            </li>
          ))}
        </ul>
        <PinIt identifier={`${device.kind}:${device.value}`} />
      </section>
      <section className="card device-owners">
        <h2>Whose it was</h2>
        {stretchCount > stretches.length && <Latest shown={stretches.length} all={stretchCount} />}
        <Table
          caption="Whose it was, oldest first"
          columns={stretchColumns(device, owners)}
          rows={stretches}
          keyOf={({ from, person }) => `${from} ${person.id}`}
          fileName="device"
        />
      </section>
      <section className="card">
        <h2>What was said</h2>
        {wordCount > words.length && <Latest shown={words.length} all={wordCount} />}
        {words.length === 0 ? (
          <p className="muted">Nobody ever logged in on it, and it was never merged.</p>
        ) : (
          <ol className="device-words">
            {words.map((word) => (
              <Word key={`${word.what} ${word.claim} ${word.with?.value}`} word={word} onTakenBack={onTakenBack} />
            ))}
          </ol>
        )}
      </section>
    </>
  );
}

const Latest = ({ shown, all }: { shown: number; all: number }) => (
  <p className="muted">
    The latest {count(shown)} of {count(all)}.
  </p>
);

function stretchColumns(device: DeviceView, owners: ReadonlyMap<string, Owner>): readonly Column<Stretch>[] {
  const { silences } = device;
  const silent = (stretch: Stretch) => {
    const { from, to } = withinLife(device, stretch);
    return silences.filter((one) => {
      const gap = withinLife(device, one);
      return gap.from < to && gap.to > from;
    }).length;
  };
  const end = (at: string | null, open: string) => (at === null ? open : <Time at={at} />);
  return [
    {
      head: 'Who',
      cell: ({ person, isVisit }) => (
        <>
          <span className={isVisit ? 'swatch swatch-none' : `swatch hue-${owners.get(person.id)?.hue}`} aria-hidden />{' '}
          {isVisit ? 'a visit, ' : ''}
          <Link href={`/people/${encodeURIComponent(person.id)}`}>{person.name}</Link>
        </>
      ),
      value: ({ person }) => person.name,
    },
    { head: 'From', cell: ({ from }) => end(from, 'the beginning'), value: ({ from }) => from },
    { head: 'To', cell: ({ to }) => end(to, 'now'), value: ({ to }) => to },
    { head: 'Silences', cell: (stretch) => silent(stretch), numeric: true },
    {
      head: 'Because',
      cell: ({ rule, because }) => (
        <>
          {sentence(because)}{' '}
          <abbr className="rule" title={ruleInWords(rule) ?? rule}>
            {rule}
          </abbr>
        </>
      ),
      value: ({ because }) => because,
    },
  ];
}

/** One login, logout or merge, and who said it. */
function Word({ word, onTakenBack }: { word: DeviceView['words'][number]; onTakenBack: (done: Done) => void }) {
  const { what, with: who, time, since, source, trust, stands, rule, reason, claim } = word;
  return (
    <li className={stands ? undefined : 'device-refused'}>
      <p>
        <Time at={time} /> {{ login: 'login of', logout: 'logout', merge: 'merged with' }[what]}{' '}
        {who !== null && <Id {...who} />}
        {since !== null && (
          <span className="muted">
            {' '}
            again and again since <Time at={since} />
          </span>
        )}
      </p>
      <p className="muted">
        by {wireName(source)} · said by {trustInWords(trust)} (T{trust}) · claim <span className="mono">{claim}</span>
        {!stands && ` · refused: ${reason ?? ''} [${rule}]`}
      </p>
      <TakeBack told={{ claim }} onDone={onTakenBack} />
    </li>
  );
}
