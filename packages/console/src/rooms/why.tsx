import { useState } from 'react';
import { useAnswer } from '../api/answers.ts';
import type { ExplainAnswer } from '../api/shapes.ts';
import { Await } from '../parts/states.tsx';
import { IdOfText, Time } from '../parts/text.tsx';
import { ruleInWords, sentence, trustInWords, wireName } from '../parts/words.ts';
import { SaveAsTest } from './save-as-test.tsx';
import { TakeBack, TakenBack, type Told } from './take-back.tsx';
import '../styles/rooms/explain.css';

/** Why two identifiers (`kind:value`) are one person, link by link in plain words, or what keeps them apart. */
export function Why({ a, b, asOf }: { a: string; b: string; asOf?: string }) {
  const answer = useAnswer<ExplainAnswer>('/v1/explain', { a, b, asOf });
  const [takenBack, setTakenBack] = useState<Told>();
  return (
    <>
      {takenBack !== undefined && <TakenBack told={takenBack} onBack={() => setTakenBack(undefined)} />}
      <Await answer={answer} lines={3}>
        {(explanation) => (
          <>
            <Explanation a={a} b={b} explanation={explanation} onTakenBack={setTakenBack} />
            {explanation.refusal?.unseen === undefined && asOf === undefined && (
              <SaveAsTest
                identifiers={[a, b, ...(explanation.chain ?? []).flatMap(({ from, to }) => [from, to])]}
                name={explanation.same ? 'why-one-person' : 'why-two-people'}
              />
            )}
          </>
        )}
      </Await>
    </>
  );
}

type Chain = NonNullable<ExplainAnswer['chain']>;

interface Explained {
  readonly a: string;
  readonly b: string;
  readonly explanation: ExplainAnswer;
  readonly onTakenBack: (told: Told) => void;
}

function Explanation({ a, b, explanation, onTakenBack }: Explained) {
  const { same, chain = [], refusal } = explanation;
  if (!same)
    return (
      <div className="why why-apart">
        <p className="why-verdict">{refusal?.unseen === undefined ? 'Two different people' : 'Never seen'}</p>
        {refusal !== undefined && (
          <p>
            {sentence(refusal.reason)} <Rule rule={refusal.rule} />
            {refusal.time !== undefined && (
              <span className="muted">
                {' '}
                <Time at={refusal.time} />
                {refusal.source !== undefined && ` by ${wireName(refusal.source)}`}
                {refusal.trust !== undefined && `, said by ${trustInWords(refusal.trust)}`}
              </span>
            )}
          </p>
        )}
        {refusal?.unseen === undefined ? (
          refusal !== undefined && <p className="muted">{ruleInWords(refusal.rule)}</p>
        ) : (
          <p>
            Nothing was ever told of{' '}
            {refusal.unseen.map((id, i) => (
              <span key={id}>
                {i > 0 && ' and '}
                <IdOfText text={id === 'a' ? a : b} />
              </span>
            ))}
            .
          </p>
        )}
        {refusal !== undefined && <p>What would change it: {refusal.would.says}.</p>}
      </div>
    );
  return (
    <div className="why">
      <p className="why-verdict">One person</p>
      {chain.length === 0 ? (
        <p>They are the same identifier.</p>
      ) : (
        <ol className="chain">
          {walk(a, chain).map(({ step, here, next }, index) => (
            <li key={step.claim}>
              {index === 0 && <IdOfText text={here} />}
              <div className="chain-link">
                <p>
                  {sentence(step.because)} <Rule rule={step.rule} />
                </p>
                <p className="muted">
                  <Time at={step.time} /> · by {wireName(step.source)} · said by {trustInWords(step.trust)} (T
                  {step.trust}) · claim <span className="mono">{step.claim}</span>
                </p>
                <TakeBack told={{ claim: step.claim }} onDone={onTakenBack} />
              </div>
              <IdOfText text={next} />
            </li>
          ))}
        </ol>
      )}
    </div>
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

function Rule({ rule }: { rule: string }) {
  return (
    <abbr className="rule" title={ruleInWords(rule) ?? rule}>
      {rule}
    </abbr>
  );
}
