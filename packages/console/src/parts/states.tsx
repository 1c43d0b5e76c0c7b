import type { ReactNode } from 'react';
import type { Answer } from '../api/answers.ts';
import type { CallError } from '../api/call.ts';

/** Nothing to show yet, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children && <div className="empty-text">{children}</div>}
    </div>
  );
}

/** What went wrong and what to do next. */
export function Failure({ error, retry }: { error: CallError; retry?: () => void }) {
  return (
    <div className="failure" role="alert">
      <p>
        <strong>{error.message}</strong> {adviceFor(error)}
      </p>
      {error.requestId !== undefined && (
        <p className="muted">
          Request <code>{error.requestId}</code>
        </p>
      )}
      {retry !== undefined && (
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

function adviceFor(error: CallError): string {
  if (error.code === 'cancelled') return 'It was answered to nobody; ask again when you like.';
  if (error.status === 0) return 'Look whether it is running and whether this machine can reach it.';
  if (error.status === 400 || error.status === 422) return 'Change the question above and ask again.';
  if (error.status === 403) return 'Sign in with a token that may read this project.';
  if (error.status === 404) return 'It may have been erased, or it belongs to another project.';
  if (error.status === 429 || error.status === 503) return 'The server is busy; wait a moment and try again.';
  return 'The server’s log has the details under the request id below.';
}

/** Grey lines where text will be. */
export function Loading({ lines = 4 }: { lines?: number }) {
  return (
    <div className="loading" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
        <span key={line} className="loading-line" />
      ))}
    </div>
  );
}

/** An answer when there is one, else why there is none. */
export function Await<T>({
  answer,
  lines,
  waiting,
  children,
}: {
  answer: Answer<T>;
  lines?: number;
  /** Stands where the answer will be, instead of grey lines, and above one that is being replaced. */
  waiting?: ReactNode;
  children: (data: T) => ReactNode;
}) {
  const { data, error, mutate } = answer;
  const retry = () => void mutate();
  if (data === undefined)
    return error === undefined ? (
      (waiting ?? <Loading {...(lines === undefined ? {} : { lines })} />)
    ) : (
      <Failure error={error} retry={retry} />
    );
  return (
    <>
      {error !== undefined && <Stale error={error} retry={retry} />}
      {answer.isLoading && waiting}
      {/* Dimmed while another question is on its way; a mere refresh shows nothing. */}
      <div className={answer.isLoading ? 'refreshing' : undefined} aria-busy={answer.isLoading}>
        {children(data)}
      </div>
    </>
  );
}

/** What is below is older than it should be: said above it, never instead of it. */
function Stale({ error, retry }: { error: CallError; retry: () => void }) {
  return (
    <p className="notice notice-warn" role="status">
      This is what the server said before. {error.message}{' '}
      <button type="button" className="button button-quiet" onClick={retry}>
        Try again
      </button>
    </p>
  );
}

/** Something the reader should know before they believe the page. */
export function Notice({ children }: { children: ReactNode }) {
  return (
    <p className="notice notice-warn" role="alert">
      {children}
    </p>
  );
}
