import { useId } from 'react';
import { useProject } from '../api/project.ts';
import { midnightOf } from '../time/zone.ts';

const day = 86_400_000;

/** What the API is asked as of a day such as `2026-03-03`: all that had arrived when it ended; undefined: today. */
export function useEndOf(text: string): string | undefined {
  const { timeZone } = useProject();
  const begin = midnightOf(timeZone, text);
  if (begin === undefined) return undefined;
  const next = new Date(Date.parse(`${text}T00:00:00Z`) + day).toISOString().slice(0, 10);
  return new Date((midnightOf(timeZone, next) ?? begin + day) - 1).toISOString();
}

/** Chooses a day whose knowledge is shown: what we believed when it ended. */
export function AsOf({ value, onChange }: { value: string; onChange: (day: string) => void }) {
  const id = useId();
  return (
    <div className="field as-of">
      <label htmlFor={id}>As we believed at the end of</label>
      <input id={id} type="date" value={value} onChange={(event) => onChange(event.target.value)} />
      {value !== '' && (
        <button type="button" className="button button-quiet" onClick={() => onChange('')}>
          Today
        </button>
      )}
    </div>
  );
}
