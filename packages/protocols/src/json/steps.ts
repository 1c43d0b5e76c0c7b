/**
 * Long work in steps: whoever runs it may let others have their turn at each `yield`. The work has no clock, and the
 * one who runs it has no idea of the work.
 */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Does all of it at once. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Characters, or bytes, of one step. Ten megabytes are 160 of them. */
export const STEP = 65_536;

/** As `map`, with a step for each of many. */
export function* eachInSteps<T, U>(many: readonly T[], make: (one: T, place: number) => U): Steps<U[]> {
  const made: U[] = [];
  for (const [place, one] of many.entries()) {
    made.push(make(one, place));
    yield;
  }
  return made;
}
