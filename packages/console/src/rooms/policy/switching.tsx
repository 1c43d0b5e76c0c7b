import { useState } from 'react';
import { useSWRConfig } from 'swr';
import { useAnswer } from '../../api/answers.ts';
import { CallError, get, send } from '../../api/call.ts';
import { usePath } from '../../api/project.ts';
import type { PolicyHistoryAnswer } from '../../api/shapes.ts';
import { share } from '../../parts/format.ts';
import type { Policy } from './policy.ts';

/** How often it is asked how far a change is, ms. */
const lookEvery = 400;

export interface Switching {
  readonly isBusy: boolean;
  readonly failure: string;
  /** Sends a change of the policy and waits until it is in force; false when it is not. */
  readonly run: (method: 'PUT' | 'POST', path: string, body: object) => Promise<boolean>;
}

/** Changes the policy. The server answers at once, or that the log is being folded: then it is watched until it is done. */
export function useSwitching(): Switching {
  const of = usePath();
  const { mutate } = useSWRConfig();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const latest = async () => (await get<PolicyHistoryAnswer>(of('/v1/policy/history'))).entries[0]?.number;
  const run = async (method: 'PUT' | 'POST', path: string, body: object): Promise<boolean> => {
    setBusy(true);
    setFailure('');
    // How far it is shows once it has begun.
    const look = setInterval(() => void mutate(of('/v1/policy')), lookEvery);
    try {
      const before = await latest();
      let now = await send<Policy>(method, of(path), body);
      while (now.change !== undefined) {
        await new Promise((resolve) => setTimeout(resolve, lookEvery));
        now = await get<Policy>(of('/v1/policy'));
      }
      if ((await latest()) === before) throw new CallError(0, 'policy_unchanged', 'It was cancelled, or it failed.');
      return true;
    } catch (error) {
      setFailure(`Nothing was changed. ${error instanceof CallError ? error.message : 'The server did not answer.'}`);
      return false;
    } finally {
      clearInterval(look);
      setBusy(false);
      await mutate(() => true);
    }
  };
  return { isBusy, failure, run };
}

/** How far a change of the policy is, whoever began it, and a button that cancels it. Nothing while none is under way. */
export function UnderWay() {
  const of = usePath();
  const { data } = useAnswer<Policy>('/v1/policy', {}, { refreshInterval: (now) => (now?.change ? lookEvery : 0) });
  if (data?.change === undefined) return null;
  return (
    <div className="working" role="status">
      <p>The log is folded under the other rules; what comes in meanwhile is taken in.</p>
      <progress aria-label="How far it is" value={data.change.progress} max={1} />
      <p>{share(data.change.progress)}</p>
      <button type="button" className="button" onClick={() => void send('DELETE', of('/v1/policy/change'), {})}>
        Cancel
      </button>
    </div>
  );
}
