import { useEffect, useState } from 'react';
import { useAnswer } from '../api/answers.ts';
import { cancelAsking } from '../api/call.ts';
import type { ProgressAnswer } from '../api/shapes.ts';
import { count, share } from './format.ts';
import { Loading } from './states.tsx';

/** A question that is answered sooner shows nothing of this, ms. */
const patience = 600;
/** How often we look how far it is, ms. */
const lookEvery = 1_000;

/** Stands where an answer will be: how far it is, and a way out. */
export function Working() {
  const [since] = useState(() => Date.now());
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), patience);
    return () => clearTimeout(timer);
  }, []);
  return long ? <HowFar since={since} /> : <Loading />;
}

function HowFar({ since }: { since: number }) {
  const { data } = useAnswer<ProgressAnswer>('/v1/insights/progress', {}, { refreshInterval: lookEvery });
  const feeding = data !== undefined && data.through < data.last;
  const seconds = Math.round((Date.now() - since) / 1_000);
  return (
    <div className="working" role="status">
      <p>
        {feeding ? (
          <>
            Reading what came in since the last question: entry {count(data.through)} of {count(data.last)} (
            {share(data.through / data.last)}).
          </>
        ) : (
          <>Everything is read; answering, for {count(seconds)} s.</>
        )}
      </p>
      <progress aria-label="How far it is" {...(feeding ? { value: data.through, max: data.last } : {})} />
      <button type="button" className="button" onClick={cancelAsking}>
        Cancel
      </button>
    </div>
  );
}
