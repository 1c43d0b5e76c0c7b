/** Things that turn out to be one: union–find. */
export class Joined<T> {
  readonly #above = new Map<T, T>();

  /** One that stands for all that were joined with this one. */
  root(of: T): T {
    let root = of;
    for (let up = this.#above.get(root); up !== undefined; up = this.#above.get(root)) root = up;
    // Next time the way is short.
    for (let at = of; at !== root; ) {
      const up = this.#above.get(at) as T;
      this.#above.set(at, root);
      at = up;
    }
    return root;
  }

  join(one: T, other: T): void {
    const [a, b] = [this.root(one), this.root(other)];
    if (a !== b) this.#above.set(b, a);
  }
}
