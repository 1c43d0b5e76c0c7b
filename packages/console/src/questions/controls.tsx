import { parseAsString, useQueryStates } from 'nuqs';
import { type ReactNode, useId } from 'react';
import { step } from '../address/params.ts';
import { useProject } from '../api/project.ts';
import { isoDay } from '../time/zone.ts';
import { isSpan, spans, standardSpan } from './range.ts';

/** A labelled choice among a few. */
export function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly (readonly [value: T, text: string])[];
  onChange: (value: T) => void;
}) {
  return (
    <Field label={label}>
      {(id) => (
        <select id={id} value={value} onChange={(event) => onChange(event.target.value as T)}>
          {!options.some(([one]) => one === value) && <option value={value}>{value}</option>}
          {options.map(([one, text]) => (
            <option key={one} value={one}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** A label above a control. */
export function Field({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}

const rangeParams = { range: parseAsString, from: parseAsString, to: parseAsString };

/** What the address says of the time, and how it is said. */
export const useRangeWords = () => useQueryStates(rangeParams, step);

/** The span of time a question speaks of, with two days of one's own when none fits. */
export function RangePicker() {
  const { timeZone } = useProject();
  const [{ range, from, to }, set] = useRangeWords();
  const own = from !== null || to !== null;
  const setSpan = (value: string) => {
    if (value === 'own')
      void set({ range: null, from: isoDay(timeZone, Date.now() - 7 * 86_400_000), to: isoDay(timeZone, Date.now()) });
    else void set({ from: null, to: null, range: value === standardSpan ? null : value });
  };
  const days = spans.some(([value]) => value === range) || range === null || !isSpan(range);
  return (
    <>
      <Choice
        label="When"
        value={own ? 'own' : range !== null && isSpan(range) ? range : standardSpan}
        options={[
          ...spans,
          ...(days ? [] : [[range, `${Number.parseInt(range, 10)} days`] as const]),
          ['own', 'From … to …'],
        ]}
        onChange={setSpan}
      />
      {own && (
        <>
          <Day label="From" value={from} onChange={(day) => void set({ from: day })} />
          <Day label="To" value={to} onChange={(day) => void set({ to: day })} />
        </>
      )}
    </>
  );
}

function Day({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | null;
  onChange: (day: string | null) => void;
}) {
  return (
    <Field label={label}>
      {(id) => (
        <input id={id} type="date" value={value ?? ''} onChange={(event) => onChange(event.target.value || null)} />
      )}
    </Field>
  );
}
