import { useId, useState } from 'react';
import { Link as RoomLink, useSearchParams } from 'wouter';
import { useAnswer } from '../../api/answers.ts';
import type { PersonGraphAnswer, PersonView } from '../../api/shapes.ts';
import { count as counted } from '../../parts/format.ts';
import { Await, Empty } from '../../parts/states.tsx';
import { Id, Time } from '../../parts/text.tsx';
import { ruleInWords, trustInWords, wireName } from '../../parts/words.ts';
import { useTitle } from '../../shell/title.ts';
import { useTimes } from '../../time/use-times.ts';
import { IdentifierForm } from '../identifier-form.tsx';
import { TakeBack, TakenBack, type Told } from '../take-back.tsx';
import { keyOf } from './layout.ts';
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
  const answer = useAnswer<PersonGraphAnswer>(`/v1/people/${encodeURIComponent(id)}/graph`);
  const [takenBack, setTakenBack] = useState<Told>();
  return (
    <>
      {takenBack !== undefined && <TakenBack told={takenBack} onBack={() => setTakenBack(undefined)} />}
      <Await answer={answer} lines={8}>
        {(graph) => <Through key={graph.links.length} graph={graph} onTakenBack={setTakenBack} />}
      </Await>
    </>
  );
}

function Through({ graph, onTakenBack }: { graph: PersonGraphAnswer; onTakenBack: (told: Told) => void }) {
  const slider = useId();
  const times = useTimes();
  const { links, nodes, nodeCount } = graph;
  const [count, setCount] = useState(links.length);
  const [chosen, setChosen] = useState<Link>();
  const last = links[count - 1];
  const said =
    last === undefined
      ? 'Before the first word: every identifier by itself'
      : `${count} of ${links.length} links, up to ${times.moment(last.time)}`;
  return (
    <>
      <section className="card">
        <h2>
          <RoomLink href={`/people/${encodeURIComponent(graph.id)}`}>
            <Id {...graph.founder} />
          </RoomLink>
        </h2>
        <p>
          {counted(nodeCount)} {nodeCount === 1 ? 'identifier' : 'identifiers'}
          {nodeCount > nodes.length && `, the first ${counted(nodes.length)} in the picture`}.
        </p>
        <Picture graph={graph} count={count} chosen={chosen} onChoose={setChosen} />
        <div className="identity-time">
          <label htmlFor={slider}>Time</label>
          <input
            id={slider}
            type="range"
            min={0}
            max={links.length}
            value={count}
            aria-valuetext={said}
            onChange={(event) => setCount(Number(event.target.value))}
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
        {links.length === 0 ? (
          <p className="muted">Nothing: they are one identifier.</p>
        ) : (
          <ol className="identity-links" aria-label="Links, oldest first">
            {links.slice(0, count).map((link) => (
              <li key={`${link.claim} ${keyOf(link.from)}`} aria-current={link === chosen}>
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

function Evidence({ link, onTakenBack }: { link: Link; onTakenBack: (told: Told) => void }) {
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
