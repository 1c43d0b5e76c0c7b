import type { Status } from '../api/shapes.ts';
import { wireName } from './wires.ts';

/** What we decided about an item. Said in words as well as in colour. */
export function StatusTag({ status }: { status: Status }) {
  return <span className={`status status-${status}`}>{status}</span>;
}

/** The wire an item came by. */
export function WireTag({ wire }: { wire: string }) {
  return <span className="wire">{wireName(wire)}</span>;
}

/** A person's sign: initials on one of eight colours, a hollow ring for somebody anonymous. */
export function PersonMark({ id, name, known, large }: { id: string; name: string; known: boolean; large?: boolean }) {
  return (
    <span className={`mark hue-${hueOf(id)}${known ? '' : ' mark-anonymous'}${large ? ' mark-large' : ''}`} aria-hidden>
      {known ? initials(name) : ''}
    </span>
  );
}

/** A stable colour number, 0–7. */
export function hueOf(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) >>> 0;
  return sum % 8;
}

/** The first letters of the first two words of a name. */
export function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{M}\p{N}'’]+/u).filter((word) => word !== '');
  return words
    .slice(0, 2)
    .map((word) => [...word][0]!.toUpperCase())
    .join('');
}
