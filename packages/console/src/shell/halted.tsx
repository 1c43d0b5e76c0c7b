import { Link } from 'wouter';
import { useAnswer } from '../api/answers.ts';
import type { OutputsAnswer } from '../api/shapes.ts';

/** In every room, while an output is halted: nobody should learn of it by chance. */
export function HaltedOutputs() {
  const { data } = useAnswer<OutputsAnswer>('/v1/outputs', {}, { refreshInterval: 10_000 });
  const halted = data?.outputs.filter(({ state }) => state === 'halted') ?? [];
  if (halted.length === 0) return null;
  return (
    <div className="notice notice-warn halted" role="alert">
      {halted.map(({ id, reason }) => (
        <p key={id}>
          The output <strong>{id}</strong> is halted: {reason ?? 'its receiver takes nothing'}. Nothing is lost; what
          comes waits in the log. <Link href="/outputs">Outputs</Link>
        </p>
      ))}
    </div>
  );
}
