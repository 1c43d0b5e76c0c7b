import { type FormEvent, useState } from 'react';
import { CallError, send } from '../api/call.ts';
import { Logo } from './logo.tsx';

/** Asks for the token the server printed when it started, and exchanges it for a session. */
export function SignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const [refusal, setRefusal] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = String(new FormData(event.currentTarget).get('token')).trim();
    try {
      await send('POST', '/v1/session', { token });
      history.replaceState(null, '', location.pathname === '/login' ? '/' : location.href);
      onSignedIn();
    } catch (error) {
      setRefusal(error instanceof CallError ? error.message : String(error));
    }
  };
  return (
    <main className="sign-in">
      <form className="sign-in-card" onSubmit={submit}>
        <Logo />
        <h1>Sign in</h1>
        <p className="muted">
          When it starts, the server prints an address that opens this console once. Afterwards, paste the token here:
          it is in <code>console-token</code> of the data directory.
        </p>
        {refusal !== undefined && (
          <p className="field-error" role="alert">
            {refusal} Each start prints a new one.
          </p>
        )}
        <div className="field">
          <label htmlFor="token">Token</label>
          {/* biome-ignore lint/a11y/noAutofocus: the page has nothing else */}
          <input id="token" name="token" type="password" autoComplete="off" spellCheck={false} required autoFocus />
        </div>
        <button type="submit" className="button button-main">
          Sign in
        </button>
      </form>
    </main>
  );
}
