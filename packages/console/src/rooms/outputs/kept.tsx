import type { OutputView } from '../../api/shapes.ts';
import { count } from '../../parts/format.ts';

/** What was not sent, at which step and why, since the server started. */
export function Kept({ kept }: Pick<OutputView, 'kept'>) {
  if (kept.length === 0) return null;
  const all = kept.reduce((sum, { messages }) => sum + messages, 0);
  return (
    <details>
      <summary>{count(all)} kept back</summary>
      <ul className="notes">
        {kept.map(({ step, why, messages }) => (
          <li key={step + why} className="note">
            <strong>{step}</strong> {why}: {count(messages)}
          </li>
        ))}
      </ul>
    </details>
  );
}
