import { useId } from 'react';
import { useProject } from '../api/project.ts';
import { Tabs } from '../parts/tabs.tsx';
import { midnight, midnightOf } from '../time/zone.ts';

/** How much of what joined a value is taken back; days such as `2026-03-03`, both of them in it, empty: no end. */
export interface Scope {
  readonly which: 'over-limit' | 'all';
  readonly from: string;
  readonly to: string;
}

export const everything: Scope = { which: 'all', from: '', to: '' };

/** What `GET /v1/suspicious/cure` is asked for a value and a scope. */
export function useCureQuery(of: string, { which, from, to }: Scope): Readonly<Record<string, string>> {
  const { timeZone } = useProject();
  if (which === 'over-limit') return { of };
  const begin = midnightOf(timeZone, from);
  const last = midnightOf(timeZone, to);
  return {
    of,
    all: 'true',
    ...(begin === undefined ? {} : { from: new Date(begin).toISOString() }),
    ...(last === undefined ? {} : { to: new Date(midnight(timeZone, last, 1)).toISOString() }),
  };
}

/** Chooses how much is taken back: of what the breaker quarantined the days that were too much, or all; of a time. */
export function CureScope({
  scope,
  isQuarantined,
  onChange,
}: {
  scope: Scope;
  isQuarantined: boolean;
  onChange: (scope: Scope) => void;
}) {
  const id = useId();
  return (
    <>
      {isQuarantined && (
        <Tabs
          name={`${id}-which`}
          label="How much is taken back"
          chosen={scope.which}
          options={[
            ['over-limit', 'The days that were too much'],
            ['all', 'All that joined it'],
          ]}
          onChoose={(which) => onChange({ ...scope, which })}
        />
      )}
      {scope.which === 'all' && (
        <div className="cure-days">
          <label htmlFor={`${id}-from`}>From</label>
          <input
            id={`${id}-from`}
            type="date"
            value={scope.from}
            onChange={(event) => onChange({ ...scope, from: event.target.value })}
          />
          <label htmlFor={`${id}-to`}>to</label>
          <input
            id={`${id}-to`}
            type="date"
            value={scope.to}
            onChange={(event) => onChange({ ...scope, to: event.target.value })}
          />
        </div>
      )}
    </>
  );
}
