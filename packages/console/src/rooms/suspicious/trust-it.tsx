import { useState } from 'react';
import { useSWRConfig } from 'swr';
import { useAnswer } from '../../api/answers.ts';
import { CallError, send } from '../../api/call.ts';
import { usePath } from '../../api/project.ts';

interface PolicyNow {
  readonly breaker: { readonly trusted: readonly string[] };
}

/** Tells the breaker that a value is meant to be shared: what it undid then joins people again. */
export function TrustIt({ value }: { value: string }) {
  const of = usePath();
  const { mutate } = useSWRConfig();
  const policy = useAnswer<PolicyNow>('/v1/policy');
  const [state, setState] = useState<'ready' | 'asked' | 'working'>('ready');
  const [problem, setProblem] = useState('');
  const trust = async () => {
    setState('working');
    setProblem('');
    try {
      const trusted = [...new Set([...(policy.data?.breaker.trusted ?? []), value])];
      await send('PUT', of('/v1/policy'), { breaker: { trusted } });
      await mutate(() => true);
    } catch (error) {
      setProblem(error instanceof CallError ? error.message : 'It did not work.');
      setState('ready');
    }
  };
  if (policy.data === undefined) return null;
  return (
    <div className="button-row">
      {state === 'ready' && (
        <button type="button" className="button button-quiet" onClick={() => setState('asked')}>
          It is meant to be shared…
        </button>
      )}
      {state === 'asked' && (
        <>
          <span>The breaker will let it be, and everybody whom it joins is joined again.</span>
          <button type="button" className="button button-main" onClick={() => void trust()}>
            Trust it
          </button>
          <button type="button" className="button" onClick={() => setState('ready')}>
            Cancel
          </button>
        </>
      )}
      {state === 'working' && <span role="status">Folding the log with it trusted …</span>}
      {problem !== '' && (
        <span className="field-error" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}
