import { LogOut } from 'lucide-react';
import { send } from '../api/call.ts';

/** Ends the session and shows the sign-in page. */
export function SignOut() {
  const end = () => void send('DELETE', '/v1/session', {}).finally(() => location.assign('/'));
  return (
    <button type="button" className="keys" onClick={end}>
      <LogOut size={15} aria-hidden /> Sign out
    </button>
  );
}
