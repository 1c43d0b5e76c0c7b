import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Empty } from '../parts/states.tsx';

/** The page of a question: what it asks, the controls that ask it, the answer. */
export function QuestionRoom({
  title,
  about,
  controls,
  none,
  children,
}: {
  title: string;
  about: string;
  controls: ReactNode;
  /** No event has come yet. */
  none: boolean;
  children: ReactNode;
}) {
  return (
    <div className="room">
      <header className="room-head">
        <div>
          <h1>{title}</h1>
          <p className="muted">{about}</p>
        </div>
      </header>
      {none ? (
        <Empty title="No events to ask about">
          Send some with the snippets on the <Link href="/setup">Setup page</Link>, then come back.
        </Empty>
      ) : (
        <>
          <section className="card question" aria-label="Question">
            {controls}
          </section>
          <section className="card" aria-label="Answer">
            {children}
          </section>
        </>
      )}
    </div>
  );
}

/** A figure that matters, with what it is. */
export function Figure({ label, value, note }: { label: string; value: string; note?: string | undefined }) {
  return (
    <div className="figure">
      <dt>{label}</dt>
      <dd>
        {value}
        {note !== undefined && <small>{note}</small>}
      </dd>
    </div>
  );
}
