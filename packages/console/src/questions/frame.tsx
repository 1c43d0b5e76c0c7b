import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Problem } from '../address/problems.ts';
import { useProject } from '../api/project.ts';
import { Empty, Failure, Notice } from '../parts/states.tsx';
import { Working } from '../parts/working.tsx';
import { useTitle } from '../shell/title.ts';
import { useNames } from './names.ts';
import { SaveQuestion } from './save.tsx';
import { WhoPicker } from './who.tsx';
import '../styles/rooms/questions.css';

/** The page of a question: what it asks, the controls that ask it, the answer. */
export function QuestionRoom({
  title,
  about,
  controls,
  problems,
  children,
}: {
  title: string;
  about: string;
  controls: ReactNode;
  /** What of the address could not be asked. */
  problems: readonly Problem[];
  children: ReactNode;
}) {
  useTitle(title);
  const { timeZone } = useProject();
  const names = useNames('names');
  return (
    <div className="room">
      <header className="room-head">
        <div>
          <h1>{title}</h1>
          <p className="muted">
            {about} Days are those of {timeZone}.
          </p>
        </div>
        <div className="toolbar">
          <SaveQuestion />
        </div>
      </header>
      {problems.map(({ text, why }) => (
        <Notice key={text}>
          The address says <code>{text}</code>, which is {why}; this answer leaves it out.
        </Notice>
      ))}
      {names.data === undefined ? (
        names.error === undefined ? (
          <Working />
        ) : (
          <Failure error={names.error} retry={() => void names.mutate()} />
        )
      ) : names.data.length === 0 ? (
        <Empty title="No events to ask about">
          Send some with the snippets on the <Link href="/setup">Setup page</Link>, then come back.
        </Empty>
      ) : (
        <>
          <section className="card question" aria-label="Question">
            {controls}
            <div className="toolbar question-who">
              <WhoPicker />
            </div>
          </section>
          <section className="card" aria-label="Answer">
            {children}
          </section>
        </>
      )}
    </div>
  );
}
