import { type ReactNode, useId } from 'react';
import { useSearchParams } from 'wouter';
import { write } from './params.ts';
import { spans } from './range.ts';

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

/** A choice kept in the address under `name`. */
export function useParam<T extends string>(name: string, standard: T): readonly [T, (value: T) => void] {
  const [query, setQuery] = useSearchParams();
  const set = (value: T) =>
    setQuery((now) => write(now, name, value === standard ? undefined : value), { replace: true });
  return [(query.get(name) ?? standard) as T, set];
}

/** The span of time a question speaks of, with two days of one's own when none fits. */
export function RangePicker() {
  const [query, setQuery] = useSearchParams();
  const from = query.get('from') ?? '';
  const to = query.get('to') ?? '';
  const own = query.has('from') || query.has('to');
  const setSpan = (value: string) =>
    setQuery(
      (now) => {
        if (value === 'own')
          return write(write(now, 'range', undefined), 'from', localDay(Date.now() - 7 * 86_400_000));
        return write(
          write(write(now, 'from', undefined), 'to', undefined),
          'range',
          value === '30d' ? undefined : value,
        );
      },
      { replace: true },
    );
  const setDay = (name: string) => (value: string) => setQuery((now) => write(now, name, value), { replace: true });
  return (
    <>
      <Choice
        label="When"
        value={own ? 'own' : (query.get('range') ?? '30d')}
        options={[...spans, ['own', 'From … to …']]}
        onChange={setSpan}
      />
      {own && (
        <>
          <Field label="From">
            {(id) => (
              <input id={id} type="date" value={from} onChange={(event) => setDay('from')(event.target.value)} />
            )}
          </Field>
          <Field label="To">
            {(id) => <input id={id} type="date" value={to} onChange={(event) => setDay('to')(event.target.value)} />}
          </Field>
        </>
      )}
    </>
  );
}

const localDay = (time: number): string => {
  const date = new Date(time);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
};
