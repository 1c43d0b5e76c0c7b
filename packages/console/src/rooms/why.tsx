import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { useAnswer } from '../api/answers.ts';
import type { ExplainAnswer } from '../api/shapes.ts';
import { Await } from '../parts/states.tsx';
import { IdOfText, Time } from '../parts/text.tsx';
import { wireName } from '../parts/wires.ts';
import { ruleInWords, sentence, trustInWords } from '../parts/words.ts';
import { SaveAsTest } from './save-as-test.tsx';
import { type Done, TakeBack, TakenBack } from './take-back.tsx';
import '../styles/rooms/explain.css';

/**
 * What is asked: why `a` and `b` are one person, why `a` alone is whose it is, or why an event, by its insert id, is of the
 * person who has `a`. Identifiers are `kind:value`; `at`, the moment that is meant, and `asOf` are ISO 8601.
 */
export interface AskedWhy {
  readonly a: string;
  readonly b?: string;
  readonly event?: string;
  readonly at?: string;
  readonly asOf?: string;
}

/** Where the console asks it; an address to share. */
export const whyPath = (asked: AskedWhy): string => `/explain?${new URLSearchParams({ ...asked })}`;

/** Why somebody is somebody, link by link in plain words, or what keeps them apart and what would change it. */
export function Why(asked: AskedWhy) {
  const { a, b, event, asOf } = asked;
  const answer = useAnswer<ExplainAnswer>('/v1/explain', { ...asked });
  const [takenBack, setTakenBack] = useState<Done>();
  return (
    <>
      {takenBack !== undefined && <TakenBack done={takenBack} onBack={() => setTakenBack(undefined)} />}
      <Await answer={answer} lines={3}>
        {(explanation) => (
          <>
            <Explanation asked={asked} explanation={explanation} onTakenBack={setTakenBack} />
            {explanation.refusal?.unseen === undefined && asOf === undefined && event === undefined && (
              <SaveAsTest
                identifiers={[
                  a,
                  ...(b === undefined ? [] : [b]),
                  ...(explanation.chain ?? []).flatMap(({ from, to }) => [from, to]),
                ]}
                name={b === undefined ? 'whose-it-is' : explanation.same ? 'why-one-person' : 'why-two-people'}
              />
            )}
          </>
        )}
      </Await>
    </>
  );
}

type Chain = NonNullable<ExplainAnswer['chain']>;
type Refused = NonNullable<ExplainAnswer['refusal']>;

interface Explained {
  readonly asked: AskedWhy;
  readonly explanation: ExplainAnswer;
  readonly onTakenBack: (done: Done) => void;
}

function Explanation({ asked, explanation, onTakenBack }: Explained) {
  const { same, refusal, event, policy } = explanation;
  const verdict = refusal?.unseen === undefined ? verdictOf(asked, same) : 'Never seen';
  return (
    <div className={same ? 'why' : 'why why-apart'}>
      <p className="why-verdict">{verdict}</p>
      {event !== undefined && (
        <p>
          <strong>{event.name}</strong>, <Time at={event.time} />, by {wireName(event.wire)}
          {event.anchor !== null && (
            <>
              , hangs on <IdOfText text={`${event.anchor.kind}:${event.anchor.value}`} />
            </>
          )}
          {event.personId !== null && (
            <>
              {' · '}
              <Link href={personPath(event.personId)}>{same ? 'Open their page' : 'Whose it is'}</Link>
            </>
          )}
        </p>
      )}
      {same ? (
        <Joined asked={asked} explanation={explanation} onTakenBack={onTakenBack} />
      ) : (
        refusal !== undefined && <Apart asked={asked} refusal={refusal} />
      )}
      {policy !== undefined && (
        <p className="muted">
          By the <Link href="/policy">rules</Link> {policy.preset}
          {policy.version !== undefined && `, version ${policy.version}`}.
        </p>
      )}
    </div>
  );
}

const verdictOf = ({ b, event }: AskedWhy, same: boolean): string =>
  b !== undefined
    ? same
      ? 'One person'
      : 'Two different people'
    : event !== undefined
      ? same
        ? 'Their event'
        : 'Not their event'
      : same
        ? 'Somebody’s'
        : 'Nobody’s';

const personPath = (id: string): string => `/people/${encodeURIComponent(id)}`;

/** What keeps them apart, and what would change it. */
function Apart({ asked, refusal }: { asked: AskedWhy; refusal: Refused }) {
  const { rule, reason, time, source, trust, item, unseen, would } = refusal;
  return (
    <>
      <p>
        {sentence(reason)} <Rule rule={rule} />
        {time !== undefined && (
          <span className="muted">
            {' '}
            <Time at={time} />
            {source !== undefined && ` by ${wireName(source)}`}
            {trust !== undefined && `, said by ${trustInWords(trust)}`}
            {item !== undefined && ' · '}
            <Item item={item} />
          </span>
        )}
      </p>
      {unseen === undefined ? (
        <p className="muted">{ruleInWords(rule)}</p>
      ) : (
        <p>
          Nothing was ever told of{' '}
          {unseen.map((one, i) => (
            <span key={one}>
              {i > 0 && ' or '}
              {one === 'event' ? (
                <>
                  an event <span className="mono">{asked.event}</span>
                </>
              ) : (
                <IdOfText text={(one === 'a' ? asked.a : asked.b) ?? ''} />
              )}
            </span>
          ))}
          .
        </p>
      )}
      <p>What would change it: {would.says}.</p>
    </>
  );
}

/** Whose it is, and the links that say so. */
function Joined({ asked, explanation, onTakenBack }: Explained) {
  const { chain = [], person, event, would, because = event?.because ?? undefined } = explanation;
  const start = event?.anchor == null ? asked.a : `${event.anchor.kind}:${event.anchor.value}`;
  return (
    <>
      {person !== undefined && (
        <p>
          Of the person named after <IdOfText text={person.identifier} /> ·{' '}
          <Link href={personPath(person.id)}>Open their page</Link>
        </p>
      )}
      {because !== undefined && (
        <p>
          {sentence(because.says)} <Rule rule={because.rule} />
        </p>
      )}
      {chain.length > 0 ? (
        <Links start={start} chain={chain} onTakenBack={onTakenBack} />
      ) : (
        asked.b !== undefined && <p>They are the same identifier.</p>
      )}
      {would !== undefined && (
        <p>
          What would change it: {would.says}.{' '}
          <Link href={`/device?of=${encodeURIComponent(asked.a)}`}>Its own page, and pins</Link>
        </p>
      )}
    </>
  );
}

function Links({ start, chain, onTakenBack }: { start: string; chain: Chain; onTakenBack: (done: Done) => void }) {
  return (
    <ol className="chain">
      {walk(start, chain).map(({ step, here, next }, index) => (
        <li key={step.claim}>
          {index === 0 && <IdOfText text={here} />}
          <div className="chain-link">
            <p>
              {sentence(step.because)} <Rule rule={step.rule} />
            </p>
            <p className="muted">
              <Time at={step.time} /> · by {wireName(step.source)} · said by {trustInWords(step.trust)} (T
              {step.trust}) · <Item item={step.item} />
              {step.item !== undefined && ' · '}claim <span className="mono">{step.claim}</span>
            </p>
            <TakeBack told={{ claim: step.claim }} onDone={onTakenBack} />
          </div>
          <IdOfText text={next} />
        </li>
      ))}
    </ol>
  );
}

/** The item that told it: an event by its name, with the id that its sender gave it. */
function Item({ item }: { readonly item: Chain[number]['item'] | undefined }) {
  if (item === undefined) return null;
  return (
    <>
      {[item.type, item.name].filter((part) => part !== undefined).join(' ')}
      {item.insertId !== undefined && (
        <>
          {' '}
          <span className="mono">{item.insertId}</span>
        </>
      )}
    </>
  );
}

/** The chain in walking order from `start`: a link upward and a link downward are read in the direction we come. */
export function walk(
  start: string,
  chain: Chain,
): readonly { readonly step: Chain[number]; readonly here: string; readonly next: string }[] {
  let here = start;
  return chain.map((step) => {
    const one = { step, here, next: step.from === here ? step.to : step.from };
    here = one.next;
    return one;
  });
}

function Rule({ rule }: { rule: string }): ReactNode {
  return (
    <abbr className="rule" title={ruleInWords(rule) ?? rule}>
      {rule}
    </abbr>
  );
}
