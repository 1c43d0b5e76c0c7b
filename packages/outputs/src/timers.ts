/** What somebody comes back for, each at most once at a time. */
export class Timers<Name extends string> {
  readonly #timer: (run: () => void, ms: number) => () => void;
  readonly #callOffs = new Map<Name, () => void>();

  /** @param timer runs something after so many ms; answers how to call it off */
  constructor(timer: (run: () => void, ms: number) => () => void) {
    this.#timer = timer;
  }

  has(name: Name): boolean {
    return this.#callOffs.has(name);
  }

  /** Runs something after so many ms, instead of what was to come under this name. */
  after(name: Name, ms: number, run: () => void): void {
    this.callOff(name);
    const callOff = this.#timer(() => {
      this.#callOffs.delete(name);
      run();
    }, ms);
    this.#callOffs.set(name, callOff);
  }

  callOff(name: Name): void {
    this.#callOffs.get(name)?.();
    this.#callOffs.delete(name);
  }

  callOffAll(): void {
    for (const name of [...this.#callOffs.keys()]) this.callOff(name);
  }
}
