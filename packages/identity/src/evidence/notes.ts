/**
 * What was found of lists that never change, noted at the lists themselves; whoever copies, sends or stores one leaves
 * it behind. A WeakMap would answer alike, but V8 takes what an old one holds for alive whenever it collects the young
 * generation: each version of a device's list, which lives until the next item, would be carried into the old one.
 */
export class Notes<List extends object, Note> {
  readonly #place = Symbol('note');

  get(list: List): Note | undefined {
    return (list as { [place: symbol]: Note | undefined })[this.#place];
  }

  set(list: List, note: Note): void {
    Object.defineProperty(list, this.#place, { value: note, configurable: true });
  }
}
