import { LogOut } from 'lucide-react';
import { useState } from 'react';
import { CallError, send } from '../api/call.ts';

/** Ends the session and shows the sign-in page; where the server did not end it, says so and stays. */
export function SignOut() {
  const [failure, setFailure] = useState<string>();
  const end = async () => {
    setFailure(undefined);
    try {
      await send('DELETE', '/v1/session', {});
      location.assign('/');
    } catch (error) {
      setFailure(`Still signed in. ${error instanceof CallError ? error.message : 'The server did not answer.'}`);
    }
  };
  return (
    <>
      <button type="button" className="keys" onClick={() => void end()}>
        <LogOut size={15} aria-hidden /> Sign out
      </button>
      {failure !== undefined && (
        <p className="field-error" role="alert">
          {failure}
        </p>
      )}
    </>
  );
}
