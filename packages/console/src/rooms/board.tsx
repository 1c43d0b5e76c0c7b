import { Trash2 } from 'lucide-react';
import { Suspense, useState } from 'react';
import { Link } from 'wouter';
import { Elsewhere } from '../address/elsewhere.tsx';
import { useAnswer } from '../api/answers.ts';
import { CallError, send } from '../api/call.ts';
import { usePath } from '../api/project.ts';
import type { SavedQuestion, SavedQuestionsAnswer } from '../api/shapes.ts';
import { Await, Empty, Loading } from '../parts/states.tsx';
import { BriefTables } from '../parts/table.tsx';
import { ErrorBoundary } from '../shell/error-boundary.tsx';
import { useTitle } from '../shell/title.ts';
import { cards, placeOf } from './board-cards.ts';
import '../styles/rooms/board.css';

/** The saved questions of the project with their answers of now. */
export default function Board() {
  useTitle('Board');
  const saved = useAnswer<SavedQuestionsAnswer>('/v1/questions');
  return (
    <div className="room room-wide">
      <header className="room-head">
        <div>
          <h1>Board</h1>
          <p className="muted">Questions that somebody saved, answered anew. Everybody in the project sees them.</p>
        </div>
      </header>
      <Await answer={saved}>
        {({ questions }) =>
          questions.length === 0 ? (
            <Empty title="Nothing saved yet">
              Ask a question, for example in <Link href="/funnel">Funnel</Link> or <Link href="/counts">Counts</Link>,
              and press Save: it stands here from then on.
            </Empty>
          ) : (
            <ul className="board">
              {questions.toReversed().map((question) => (
                <li key={question.id}>
                  <Card question={question} onChange={() => void saved.mutate()} />
                </li>
              ))}
            </ul>
          )
        }
      </Await>
    </div>
  );
}

function Card({ question, onChange }: { question: SavedQuestion; onChange: () => void }) {
  const { name, address } = question;
  const { room, search } = placeOf(address);
  const Answer = cards[room];
  return (
    <section className="card" aria-label={name}>
      <header className="board-head">
        <h2>
          <Link href={address}>{name}</Link>
        </h2>
        <Forget question={question} onDone={onChange} />
      </header>
      {Answer === undefined ? (
        <p className="muted">This console has no such room.</p>
      ) : (
        <ErrorBoundary place={address}>
          <Suspense fallback={<Loading />}>
            <BriefTables value>
              <Elsewhere room={room} search={search}>
                <Answer />
              </Elsewhere>
            </BriefTables>
          </Suspense>
        </ErrorBoundary>
      )}
    </section>
  );
}

/** Asks once more before it forgets. */
function Forget({ question: { id, name }, onDone }: { question: SavedQuestion; onDone: () => void }) {
  const path = usePath();
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState<CallError>();
  const forget = () =>
    send('DELETE', path(`/v1/questions/${id}`), {}).then(onDone, (error: unknown) =>
      setFailure(error instanceof CallError ? error : new CallError(0, 'failed', 'It failed.')),
    );
  if (failure !== undefined) return <p role="alert">{failure.message} It is still saved.</p>;
  return asking ? (
    <span className="button-row">
      <button type="button" className="button" onClick={() => void forget()}>
        Delete for everybody
      </button>
      <button type="button" className="button button-quiet" onClick={() => setAsking(false)}>
        Keep it
      </button>
    </span>
  ) : (
    <button
      type="button"
      className="icon-button"
      aria-label={`Delete ${name}`}
      title="Delete"
      onClick={() => setAsking(true)}
    >
      <Trash2 size={15} />
    </button>
  );
}
