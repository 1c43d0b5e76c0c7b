import type { Steps } from '@selfsame/protocols';
import { intake, Turn } from '@selfsame/store';

/**
 * Runs work that comes in steps a turn of the event loop at a time, and one work after the other: many at once would
 * each have a turn, and all their turns together would be as long as the work.
 */
export function createTurns(turn = new Turn(intake)): <T>(steps: Steps<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  async function run<T>(steps: Steps<T>, before: Promise<unknown>): Promise<T> {
    await before;
    await turn.next();
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (turn.isOver) await turn.next();
    }
  }
  return (steps) => {
    const done = run(steps, last);
    last = done.catch(() => {});
    return done;
  };
}
