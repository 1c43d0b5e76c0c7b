/**
 * Letters typed after `/` or `g p` while the search is still on its way: a fast hand must not lose the first of them.
 * The document's keys collect them; the search field takes them when it is there.
 */
let waiting: string | undefined;

export const beginTypeAhead = (): void => {
  waiting = '';
};

/** Takes a key while a field is awaited. @returns whether it was taken */
export function typeAhead(key: string): boolean {
  if (waiting === undefined) return false;
  if (key === 'Backspace') waiting = waiting.slice(0, -1);
  else if (key === '/' && waiting === '') return true;
  else if ([...key].length === 1) waiting += key;
  else return false;
  return true;
}

/** What was typed meanwhile; undefined when no field was awaited. The awaiting ends. */
export function takeTypedAhead(): string | undefined {
  const typed = waiting;
  waiting = undefined;
  return typed;
}
