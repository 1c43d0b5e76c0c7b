import { type FormEvent, useId, useState } from 'react';
import { useSWRConfig } from 'swr';
import { CallError, send } from '../../api/call.ts';
import { usePath } from '../../api/project.ts';
import type { UndoPreview } from '../../api/shapes.ts';
import { SavedThen } from '../saved-then.tsx';
import { inWords } from '../take-back.tsx';

interface Wanted {
  readonly identifier: string;
  readonly person: string | null;
}

/** Moves an identifier to somebody, or to nobody, and pins it there, after a look at what would change. */
export function PinIt({ identifier }: { identifier: string }) {
  const [to, reason] = [useId(), useId()];
  const of = usePath();
  const { mutate } = useSWRConfig();
  const [looked, setLooked] = useState<{ readonly wanted: Wanted; readonly preview: UndoPreview }>();
  const [said, setSaid] = useState('');
  const [problem, setProblem] = useState('');
  const trying = async (work: () => Promise<void>) => {
    setProblem('');
    setSaid('');
    try {
      await work();
    } catch (error) {
      setProblem(error instanceof CallError ? error.message : 'It did not work.');
    }
  };
  const look = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const person = String(new FormData(event.currentTarget).get('person')).trim();
    const wanted = { identifier, person: person === '' ? null : person };
    void trying(async () =>
      setLooked({ wanted, preview: await send<UndoPreview>('POST', of('/v1/pins', { dryRun: 'true' }), wanted) }),
    );
  };
  const pin = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const why = String(new FormData(event.currentTarget).get('reason')).trim();
    if (looked === undefined || why === '') return;
    void trying(async () => {
      await send('POST', of('/v1/pins'), { ...looked.wanted, reason: why });
      setSaid(`Pinned to ${looked.wanted.person ?? 'nobody'}. Taking its word back, below, unpins it.`);
      setLooked(undefined);
      await mutate(() => true);
    });
  };
  return (
    <details>
      <summary>Move it, and pin it there</summary>
      <p className="muted">An operator’s word: for all time, and nothing weaker moves it.</p>
      <form className="device-pin" onSubmit={look}>
        <div className="field">
          <label htmlFor={to}>Whose it is; empty: nobody’s</label>
          <input
            id={to}
            name="person"
            pattern="[^:]+:.+"
            title="kind:value, such as user:42"
            placeholder="user:42"
            autoComplete="off"
            spellCheck={false}
          />
        </div>
        <button type="submit" className="button">
          Look what would change
        </button>
      </form>
      {looked !== undefined && (
        <form className="device-pin" onSubmit={pin}>
          <p role="status">{inWords(looked.preview)}</p>
          <SavedThen path={of('/v1/pins', { dryRun: 'true' })} body={looked.wanted} />
          <div className="field">
            <label htmlFor={reason}>Why</label>
            <input id={reason} name="reason" required maxLength={1000} autoComplete="off" />
          </div>
          <button type="submit" className="button button-main">
            Pin it to {looked.wanted.person ?? 'nobody'}
          </button>
        </form>
      )}
      {said !== '' && (
        <p className="notice" role="status">
          {said}
        </p>
      )}
      {problem !== '' && (
        <p className="notice notice-warn" role="alert">
          {problem}
        </p>
      )}
    </details>
  );
}
