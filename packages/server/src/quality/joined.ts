/** Names that turn out to be one. */
export class Joined {
  readonly #parent = new Map<string, string>();

  /** One name for all that were joined with this one. */
  root(name: string): string {
    let top = name;
    for (let up = this.#parent.get(top); up !== undefined; up = this.#parent.get(top)) top = up;
    for (let at = name; at !== top; ) {
      const up = this.#parent.get(at) as string;
      this.#parent.set(at, top);
      at = up;
    }
    return top;
  }

  join(one: string, other: string): void {
    const [a, b] = [this.root(one), this.root(other)];
    if (a !== b) this.#parent.set(a, b);
  }
}
