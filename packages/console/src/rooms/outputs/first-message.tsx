import { CircleCheck, LoaderCircle } from 'lucide-react';
import { Link } from 'wouter';
import type { OutputView } from '../../api/shapes.ts';
import { healthOf } from './health.ts';
import '../../styles/rooms/setup.css';

/** Waits for the first message of what really happens, and says whether it arrived, is kept back or is not taken. */
export function FirstMessage({ id, output }: { id: string; output: OutputView | undefined }) {
  if (output !== undefined && output.sent > 0)
    return (
      <p className="first-event first-event-came" role="status">
        <CircleCheck size={18} aria-hidden /> The first message has arrived at {id}.
      </p>
    );
  const health = output === undefined || output.state === 'running' ? undefined : healthOf(output).text;
  const kept = output?.kept.at(-1);
  return (
    <p className="first-event" role="status">
      <LoaderCircle size={18} className="turning" aria-hidden />
      <span>
        {health ?? (
          <>
            Waiting for the first message. Let something happen, or press a test button on the{' '}
            <Link href="/setup">Setup page</Link>.
          </>
        )}
        {kept !== undefined && ` Kept back so far, at the step ${kept.step}: ${kept.why}.`}
      </span>
    </p>
  );
}
