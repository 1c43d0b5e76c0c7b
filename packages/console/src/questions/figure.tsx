import type { ReactNode } from 'react';

/** A figure that matters, with what it is. */
export function Figure({ label, value, note }: { label: string; value: ReactNode; note?: string | undefined }) {
  return (
    <div className="figure">
      <dt>{label}</dt>
      <dd>
        {value}
        {note !== undefined && <small>{note}</small>}
      </dd>
    </div>
  );
}
