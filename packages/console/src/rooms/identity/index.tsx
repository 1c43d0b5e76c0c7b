import { useEffect, useId, useMemo, useState } from 'react';
import { Link as RoomLink, useSearchParams } from 'wouter';
import { useAnswer } from '../../api/answers.ts';
import type { PersonGraphAnswer, PersonView } from '../../api/shapes.ts';
import { AsOf, useEndOf } from '../../parts/as-of.tsx';
import { count as counted } from '../../parts/format.ts';
import { Await, Empty } from '../../parts/states.tsx';
import { Id, Time } from '../../parts/text.tsx';
import { wireName } from '../../parts/wires.ts';
import { ruleInWords, trustInWords } from '../../parts/words.ts';
import { useTitle } from '../../shell/title.ts';
import { IdentifierForm } from '../identifier-form.tsx';
import { type Done, TakeBack, TakenBack } from '../take-back.tsx';
import { joinedBy, keyOf, nameOf, withPast } from './layout.ts';
import { Picture } from './picture.tsx';
import '../../styles/rooms/identity.css';

type Link = PersonGraphAnswer['links'][number];

/** A person as a graph with a slider of time. Who it is stands in the address: a person id, or an identifier of theirs. */
export default function Identity() {
  useTitle('Identity');
  const [query] = useSearchParams();
  const [person, of] = [query.get('person') ?? '', query.get('of') ?? ''];
  return (
    <div className="room">
      <header className="room-head">
        <div>
          <h1>Identity</h1>
          <p className="muted">Watch the identifiers of a person join, one word after the other.</p>
        </div>
      </header>
      <IdentifierForm label="Somebody, by an identifier of theirs" of={of} example="user:42" />
      {person !== '' ? (
        <Graph key={person} id={person} />
      ) : of.indexOf(':') > 0 ? (
        <Found key={of} of={of} />
      ) : (
        <Nobody />
      )}
    </div>
  );
}

const Nobody = () => (
  <Empty title="One person, one picture">
    Write an identifier as <code>kind:value</code>. A person’s page leads here too.
  </Empty>
);

function Found({ of }: { of: string }) {
  const colon = of.indexOf(':');
  const answer = useAnswer<PersonView>('/v1/people', { kind: of.slice(0, colon), value: of.slice(colon + 1) });
  if (answer.error?.status === 404)
    return <Empty title="Nobody ever named it">Look whether kind and value are as they were sent.</Empty>;
  return (
    <Await answer={answer} lines={6}>
      {({ id }) => <Graph id={id} />}
    </Await>
  );
}

function Graph({ id }: { id: string }) {
  const path = `/v1/people/${encodeURIComponent(id)}/graph`;
  const [day, setDay] = useState('');
  const answer = useAnswer<PersonGraphAnswer>(path, { asOf: useEndOf(day) });
  const [takenBack, setTakenBack] = useState<Done>();
  return (
    <>
      {takenBack !== undefined && <TakenBack done={takenBack} onBack={() => setTakenBack(undefined)} />}
      <AsOf value={day} onChange={setDay} />
      {answer.error?.status === 404 && day !== '' ? (
        <Empty title="Nobody yet">Nothing was known of them by the end of that day.</Empty>
      ) : (
        <Await answer={answer} lines={8}>
          {(graph) => (
            <Through key={`${day} ${graph.links.length}`} path={path} graph={graph} onTakenBack={setTakenBack} />
          )}
        </Await>
      )}
    </>
  );
}

/** How long the slider rests before the log is asked what was believed there, ms. */
const REST = 150;

/** Each stop of the slider is an entry of the log that joined something: what is shown is what was believed after it. */
function Through({
  path,
  graph,
  onTakenBack,
}: {
  path: string;
  graph: PersonGraphAnswer;
  onTakenBack: (done: Done) => void;
}) {
  const slider = useId();
  const stops = useMemo(() => [...new Set(graph.links.map((one) => one.position))].sort((a, b) => a - b), [graph]);
  const [at, setAt] = useState(stops.length);
  const [chosen, setChosen] = useState<Link>();
  const position = at === stops.length ? undefined : stops[at - 1];
  const rested = useRested(position);
  // At the end nothing is asked any more, though the slider came there just now.
  const isPast = position !== undefined && rested !== undefined;
  const answer = useAnswer<PersonGraphAnswer>(isPast ? path : null, { asOf: rested });
  const then = position === undefined || position !== rested ? undefined : answer.data;
  const isWaiting = position !== undefined && then === undefined && answer.error === undefined;
  // Until the log has answered: what is believed today and had been said by then.
  const links = then?.links ?? graph.links.filter((one) => at === stops.length || one.position <= (position ?? -1));
  const joined = useMemo(
    () =>
      then === undefined
        ? joinedBy(graph.founder, links)
        : new Set(then.nodes.filter(({ person }) => person === then.id).map(keyOf)),
    [graph, links, then],
  );
  const all = useMemo(() => (then === undefined ? graph : withPast(graph, then)), [graph, then]);
  const said =
    at === 0
      ? 'Before the first word: every identifier by itself'
      : position === undefined
        ? `${links.length} of ${graph.links.length} links`
        : `${links.length} of ${graph.links.length} links, as believed after entry ${position} of the log`;
  return (
    <>
      <section className="card">
        <h2>
          <RoomLink href={`/people/${encodeURIComponent(graph.id)}`}>
            <Id {...graph.founder} />
          </RoomLink>
        </h2>
        <p>
          {counted(graph.nodeCount)} {graph.nodeCount === 1 ? 'identifier' : 'identifiers'}
          {graph.nodeCount > graph.nodes.length && `, the first ${counted(graph.nodes.length)} in the picture`}.
        </p>
        <Picture graph={all} links={links} joined={joined} chosen={chosen} onChoose={setChosen} />
        <div className="identity-time" aria-busy={isWaiting}>
          <label htmlFor={slider}>Time</label>
          <input
            id={slider}
            type="range"
            min={0}
            max={stops.length}
            value={at}
            aria-valuetext={said}
            onChange={(event) => setAt(Number(event.target.value))}
          />
          <output htmlFor={slider}>{said}</output>
        </div>
      </section>
      {chosen !== undefined && (
        <section className="card" aria-label="The chosen link">
          <h2>Why these two are one</h2>
          <Evidence link={chosen} onTakenBack={onTakenBack} />
        </section>
      )}
      <section className="card">
        <h2>What joined them</h2>
        {graph.links.length === 0 ? (
          <p className="muted">Nothing: they are one identifier.</p>
        ) : (
          <ol className="identity-links" aria-label="Links, oldest first">
            {links.map((link) => (
              <li key={nameOf(link)} aria-current={chosen !== undefined && nameOf(link) === nameOf(chosen)}>
                <Time at={link.time} /> <Id {...link.from} /> → <Id {...link.to} />
                <button type="button" className="button button-quiet" onClick={() => setChosen(link)}>
                  Why?
                </button>
              </li>
            ))}
          </ol>
        )}
      </section>
    </>
  );
}

/** A value once it has stood for a while: of a slider that is drawn along, only where it stops. */
function useRested(value: number | undefined): number | undefined {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), REST);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}

function Evidence({ link, onTakenBack }: { link: Link; onTakenBack: (done: Done) => void }) {
  const { from, to, time, source, trust, claim, rule } = link;
  return (
    <>
      <p>
        <Id {...from} /> → <Id {...to} />
      </p>
      <p>
        {ruleInWords(rule)} [{rule}]
      </p>
      <p className="muted">
        <Time at={time} /> · by {wireName(source)} · said by {trustInWords(trust)} (T{trust}) · claim{' '}
        <span className="mono">{claim}</span>
      </p>
      <TakeBack key={claim} told={{ claim }} onDone={onTakenBack} />
    </>
  );
}
