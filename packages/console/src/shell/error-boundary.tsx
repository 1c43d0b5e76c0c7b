import { Component, type ReactNode } from 'react';
import { RoomMissing } from './lazy-room.ts';

interface State {
  readonly error: unknown;
  /** Whether the server answers, once we know: then its version is another. */
  readonly answers?: boolean;
}

/** What stands in place of a page that failed, instead of white: the server is away, a new version is here, or our fault. */
export class ErrorBoundary extends Component<{ readonly place: string; readonly children: ReactNode }, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override componentDidCatch(error: unknown): void {
    if (!(error instanceof RoomMissing)) return;
    fetch('/readyz', { cache: 'no-store' }).then(
      () => this.setState({ answers: true }),
      () => this.setState({ answers: false }),
    );
  }

  override componentDidUpdate(before: { readonly place: string }): void {
    // Another room is another chance.
    if (before.place !== this.props.place && this.state.error !== undefined) this.again();
  }

  again(): void {
    if (this.state.error instanceof RoomMissing) this.state.error.forget();
    this.setState({ error: undefined });
  }

  override render(): ReactNode {
    const { error, answers } = this.state;
    if (error === undefined) return this.props.children;
    const missing = error instanceof RoomMissing;
    return (
      <div className="room">
        <div className="failure" role="alert">
          <h1>{!missing ? 'This page failed' : answers === true ? 'A new version is here' : 'The server is away'}</h1>
          <p>
            {!missing
              ? 'The fault is ours. The other pages work; loading this one again may help.'
              : answers === true
                ? 'The server was updated while this page was open. Load it again to go on.'
                : 'This page could not be fetched. Look whether the server is running, then try again: what you have typed elsewhere is still there.'}
          </p>
          <p className="button-row">
            {missing && answers !== true && (
              <button type="button" className="button button-main" onClick={() => this.again()}>
                Try again
              </button>
            )}
            <button type="button" className="button" onClick={() => location.reload()}>
              Load the page again
            </button>
          </p>
        </div>
      </div>
    );
  }
}
