import { Link } from 'wouter';
import { count } from '../../parts/format.ts';
import { useTrial } from '../what-if/simulation.ts';

/** Mixpanel's own rule, where a project of it stitches by itself. */
const THEIRS = 'mixpanel-simplified';

/** Of an output whose receiver stitches by itself: how many events belong to somebody else there, counted when asked. */
export function StitchedThere() {
  const { view, failure, start } = useTrial();
  const isRunning = view?.state === 'running';
  return (
    <div className="button-row">
      <button
        type="button"
        className="button button-quiet"
        disabled={isRunning}
        onClick={() => void start({ policy: { preset: THEIRS } })}
      >
        Count what differs at Mixpanel
      </button>
      <span role="status">
        {isRunning && `Reading the log: ${Math.round(view.progress * 100)} %`}
        {failure || (view?.state === 'failed' && `It could not be counted: ${view.reason ?? 'the log was not read'}.`)}
        {view?.result !== undefined && (
          <>
            Mixpanel stitches by itself: {count(view.result.events.moved)}{' '}
            {view.result.events.moved === 1 ? 'event belongs' : 'events and descriptions belong'} to somebody else
            there. <Link href="/what-if">What if</Link> shows whose.
          </>
        )}
      </span>
    </div>
  );
}
