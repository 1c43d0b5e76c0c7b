import { type Command, type Identifier, MAX_VALUE_BYTES } from '@selfsame/identity';
import type { Outcome } from './live.ts';

/** An item that is shown whole, characters; of a larger one only the outline is. Bounds what is held of it (G12). */
const LARGEST = 16_384;
/** Ids and notes in an outline. */
const FEW = 20;

/** Is a command too large to be held many at a time? */
export const isLarge = (command: Command): boolean => sizeOf(command) > LARGEST;

/** Without what is too large to hold or show. */
export function outlined(outcome: Outcome): Outcome {
  if (outcome.type !== 'decided' || !isLarge(outcome.entry.command)) return outcome;
  const { entry, verdict } = outcome;
  return {
    ...outcome,
    entry: { ...entry, command: outline(entry.command) },
    verdict: { ...verdict, notes: verdict.notes.slice(0, FEW) },
  };
}

/** A large command without its data: an event without properties, a description without changes, a few of many ids. */
function outline(command: Command): Command {
  const few = (ids: readonly Identifier[]) => ids.filter((id) => id.value.length <= MAX_VALUE_BYTES).slice(0, FEW);
  switch (command.type) {
    case 'Track':
      return { ...command, ids: few(command.ids), properties: {} };
    case 'Describe':
      return { ...command, ids: few(command.ids), changes: [] };
    case 'Merge':
    case 'Join':
    case 'Alias':
      return { type: 'Identify', ids: [] };
    case 'Modify':
      return { ...command, changes: [] };
    case 'Retract':
    case 'Restore':
      return { ...command, told: command.told.slice(0, FEW) };
    default:
      return { ...command, ids: few(command.ids) };
  }
}

/** About how long a value is as text; stops counting past the limit. */
function sizeOf(value: unknown): number {
  let size = 0;
  const open = [value];
  while (open.length > 0 && size <= LARGEST) {
    const one = open.pop();
    if (typeof one === 'string') size += one.length;
    if (typeof one !== 'object' || one === null) continue;
    // A list of ten thousand numbers is not gone through for each of five hundred items.
    const names = Array.isArray(one) ? undefined : Object.keys(one);
    const values: readonly unknown[] = Array.isArray(one) ? one : Object.values(one);
    for (let i = 0; i < values.length && size <= LARGEST; i++) {
      size += (names?.[i]?.length ?? 1) + 4;
      open.push(values[i]);
    }
  }
  return size;
}
