import { readFileSync } from 'node:fs';
import { Failure } from '../failure.ts';

/** Who did what, by insert id: NDJSON of `{ insertId, human }`. @throws Failure at a line that is not. */
export function readTruth(file: string): ReadonlyMap<string, string> {
  const humans = new Map<string, string>();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Failure(`${file} cannot be read: ${(cause as Error).message}`, 2, { cause });
  }
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const { insertId, human } = parsed(line) ?? {};
    if ((typeof insertId !== 'string' && typeof insertId !== 'number') || human === undefined || human === null)
      throw new Failure(`Line ${i + 1} of ${file} is no {"insertId":…,"human":…}.`, 2);
    humans.set(String(insertId), String(human));
  }
  return humans;
}

function parsed(line: string): { readonly insertId?: unknown; readonly human?: unknown } | undefined {
  try {
    return JSON.parse(line) as { insertId?: unknown; human?: unknown };
  } catch {
    return undefined;
  }
}
