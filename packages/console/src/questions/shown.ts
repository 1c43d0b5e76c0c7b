import { useText } from '../address/params.ts';

/**
 * Whose figure of an answer the reader opened, in the address: a link shows it, and Back closes it. What each part says
 * is the room's own matter.
 */
export type Shown = readonly string[];

/** The figure that is open; none: undefined. */
export function useShown(): readonly [Shown | undefined, (shown: Shown | undefined) => void] {
  const [text, set] = useText('show');
  return [readShown(text), (shown) => set(shown === undefined ? '' : writeShown(shown))];
}

export const writeShown = (shown: Shown): string => shown.map(encodeURIComponent).join(':');

export function readShown(text: string): Shown | undefined {
  if (text === '') return undefined;
  try {
    return text.split(':').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** A value that may be none, as a part: `=gold`, `-`. */
export const valuePart = (value: string | null): string => (value === null ? '-' : `=${value}`);

/** What `valuePart` wrote; undefined when it is not of that form. */
export const readValuePart = (part: string | undefined): string | null | undefined =>
  part === '-' ? null : part?.startsWith('=') ? part.slice(1) : undefined;

/** The number a part says; undefined when it is none. */
export const numberPart = (part: string | undefined): number | undefined =>
  part !== undefined && /^\d{1,15}$/.test(part) ? Number(part) : undefined;
