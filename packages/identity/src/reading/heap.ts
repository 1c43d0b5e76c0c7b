/** Gives the first of what was put into it. */
export class Heap<T> {
  readonly #all: T[] = [];
  readonly #compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  push(one: T): void {
    const all = this.#all;
    let at = all.push(one) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (this.#compare(all[up] as T, one) <= 0) break;
      all[at] = all[up] as T;
      at = up;
    }
    all[at] = one;
  }

  pop(): T | undefined {
    const all = this.#all;
    const first = all[0];
    const last = all.pop();
    if (last === undefined || all.length === 0) return first;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= all.length) break;
      if (down + 1 < all.length && this.#compare(all[down + 1] as T, all[down] as T) < 0) down += 1;
      if (this.#compare(last, all[down] as T) <= 0) break;
      all[at] = all[down] as T;
      at = down;
    }
    all[at] = last;
    return first;
  }
}
