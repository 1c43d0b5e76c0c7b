import { useAnswer } from '../../api/answers.ts';
import type { PolicyHistoryAnswer } from '../../api/shapes.ts';
import { Await } from '../../parts/states.tsx';
import { Time } from '../../parts/text.tsx';
import { fieldInWords } from './change.ts';
import type { Switching } from './switching.tsx';

type Entry = PolicyHistoryAnswer['entries'][number];

/** Which rules held since when, by whose word and why; each can be gone back to. */
export function History({ switching, onBack }: { switching: Switching; onBack: (said: string) => void }) {
  const answer = useAnswer<PolicyHistoryAnswer>('/v1/policy/history');
  const goBack = async ({ number }: Entry) => {
    if (
      await switching.run('POST', `/v1/policy/history/${number}/restore`, {
        reason: `back to ${number}, in the console`,
      })
    )
      onBack(`The rules of entry ${number} are in force again.`);
  };
  return (
    <section className="card policy-past">
      <h2>History</h2>
      <Await answer={answer} lines={3}>
        {({ entries }) => (
          <ol className="plain policy-history" aria-label="Changes of the rules, newest first" reversed>
            {entries.map((entry) => (
              <li key={entry.number}>
                <p>
                  <strong>{entry.number}</strong> · <Time at={entry.at} /> · by {entry.by}
                  {entry.back !== null && `, back to ${entry.back}`}
                  {entry.isInForce && <span className="tag">in force</span>}
                </p>
                {entry.reason !== null && <p>{entry.reason}</p>}
                <ul className="plain muted">
                  {entry.changes.map((change) => (
                    <li key={change.field}>{fieldInWords(change)}</li>
                  ))}
                </ul>
                {!entry.isInForce && (
                  <p className="button-row">
                    <button
                      type="button"
                      className="button"
                      disabled={switching.isBusy}
                      onClick={() => void goBack(entry)}
                    >
                      Go back to {entry.number}
                    </button>
                    <span className="muted">
                      {entry.isQuick ? 'Takes a moment.' : 'The whole log is folded again for it.'}
                    </span>
                  </p>
                )}
              </li>
            ))}
          </ol>
        )}
      </Await>
    </section>
  );
}
