import { readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * Gives this process the lowest priority, with all its threads: on Linux a priority is a thread's own, and V8's
 * collectors and compilers run before the first line of ours does, so they would go on beside intake as its equals.
 */
export function goLastInLine(): void {
  const lowest = constants.priority.PRIORITY_LOW;
  setPriority(lowest);
  if (process.platform !== 'linux') return;
  for (const thread of readdirSync('/proc/self/task')) {
    try {
      setPriority(Number(thread), lowest);
    } catch {
      // It has ended since.
    }
  }
}
