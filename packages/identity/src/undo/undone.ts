import type { Claim } from '../evidence/graph.ts';
import type { Entry, Undo } from '../words/command.ts';
import type { IdentifierKey, Position } from '../words/ids.ts';
import type { Verdict } from '../words/verdict.ts';

/**
 * What is retracted now, of one project: the last word on each entry, and on each identifier of one, counts ([U2]).
 * Whole entries and single identifiers of them are kept apart, so that putting one back puts back only that.
 */
export class Undone {
  readonly #whole = new Set<Position>();
  readonly #ids = new Map<Position, Set<IdentifierKey>>();
  /** So many commands were taken. */
  #taken = 0;

  constructor(undos: Iterable<Undo> = []) {
    for (const undo of undos) this.take(undo);
  }

  /** Has nothing ever been retracted? Then every entry is read as it is. */
  get isEmpty(): boolean {
    return this.#taken === 0;
  }

  /** How many commands have taken something back or put it back: another number, another reading of the log. */
  get taken(): number {
    return this.#taken;
  }

  take({ type, told }: Undo): void {
    this.#taken += 1;
    for (const { entry, ids } of told) {
      if (ids === undefined) {
        if (type === 'Retract') this.#whole.add(entry);
        else this.#whole.delete(entry);
        continue;
      }
      const left = this.#ids.get(entry) ?? new Set();
      for (const id of ids) {
        if (type === 'Retract') left.add(id);
        else left.delete(id);
      }
      if (left.size > 0) this.#ids.set(entry, left);
      else this.#ids.delete(entry);
    }
  }

  /** The same, to go on by itself. */
  copy(): Undone {
    const copy = new Undone();
    copy.#taken = this.#taken;
    for (const entry of this.#whole) copy.#whole.add(entry);
    for (const [entry, ids] of this.#ids) copy.#ids.set(entry, new Set(ids));
    return copy;
  }

  /** Is something that an entry said retracted? */
  names(entry: Position): boolean {
    return this.#whole.has(entry) || this.#ids.has(entry);
  }

  /** Is what an entry said of an identifier retracted? */
  covers(entry: Position, id?: IdentifierKey): boolean {
    return this.#whole.has(entry) || (id !== undefined && this.#ids.get(entry)?.has(id) === true);
  }

  /** Is it retracted that an entry said an identifier was its owner's? An answer of the directory stays answered ([U4]). */
  coversClaim({ position, owner, directory }: Claim, key: IdentifierKey): boolean {
    return this.covers(position, key) || (owner !== null && directory === undefined && this.covers(position, owner));
  }

  /**
   * An entry as the fold reads it: without the identifiers that were retracted, undefined when all of it was. What was
   * answered to a client stays answered, so it says so ([U4]).
   */
  read(entry: Entry, verdict: Verdict | undefined): Entry | undefined {
    if (this.isEmpty) return entry;
    if (this.#whole.has(entry.position)) return undefined;
    const ids = this.#ids.get(entry.position);
    const answered = verdict?.answer?.mpid ?? (asks(entry) ? verdict?.anchor?.value : undefined);
    if (ids === undefined && answered === undefined) return entry;
    return {
      ...entry,
      ...(ids === undefined ? {} : { without: [...ids] }),
      ...(answered === undefined ? {} : { answered }),
    };
  }
}

/** Does an event or a description leave it to the directory whose it is? Then it hangs on the profile that was found. */
const asks = ({ command }: Entry): boolean => 'resolve' in command && command.resolve !== undefined;
