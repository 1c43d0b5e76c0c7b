/** A line of a truth: the human behind an event. */
export interface Known {
  readonly insertId: string;
  readonly human: string;
}

/** Lines that the server takes. */
const MOST = 5_000;

/** Reads `{"insertId": …, "human": …}`, a line each; empty lines are left out. `problem` says which line is none, and why. */
export function readTruth(text: string): { readonly truth: readonly Known[] } | { readonly problem: string } {
  const truth: Known[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const known = knownIn(line);
    if (known === undefined)
      return { problem: `Line ${i + 1} is none of a truth: it looks like {"insertId":"order-17","human":"ann"}.` };
    truth.push(known);
  }
  if (truth.length > MOST)
    return {
      problem: `It has ${truth.length} lines; at most ${MOST} can be compared. Take all that a few humans did.`,
    };
  return { truth };
}

function knownIn(line: string): Known | undefined {
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof read !== 'object' || read === null || !('insertId' in read) || !('human' in read)) return undefined;
  const { insertId, human } = read;
  const isSaid = (one: unknown) => (typeof one === 'string' && one !== '') || typeof one === 'number';
  return isSaid(insertId) && isSaid(human) ? { insertId: String(insertId), human: String(human) } : undefined;
}
