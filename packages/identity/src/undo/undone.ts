import type { Claim } from '../evidence/graph.ts';
import type { Entry, PlacedUndo, Told, Undo } from '../words/command.ts';
import type { IdentifierKey, Position } from '../words/ids.ts';
import type { Verdict } from '../words/verdict.ts';

/** An undo that is in no log, as the last word: for a look at what it would change. */
export const unkept = (undo: Pick<Undo, 'type' | 'told' | 'of'>): PlacedUndo => ({
  ...undo,
  reason: '',
  by: '',
  position: Number.MAX_SAFE_INTEGER,
});

/** The undos that hold something back: never none. */
type Holders = readonly Position[];

/**
 * What is retracted now, of one project ([U2]): what some `Retract` holds. Whole entries and single identifiers of them are
 * kept apart, so that putting one back puts back only that.
 */
export class Undone {
  readonly #whole = new Map<Position, Holders>();
  readonly #ids = new Map<Position, Map<IdentifierKey, Holders>>();
  /** So many commands were taken. */
  #taken = 0;

  constructor(undos: Iterable<PlacedUndo> = []) {
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

  /** Takes an undo in, in the order of the log. */
  take(undo: PlacedUndo): void {
    this.#taken += 1;
    for (const { entry, ids } of undo.told) {
      if (ids === undefined) {
        hold(this.#whole, entry, undo);
        continue;
      }
      const held = this.#ids.get(entry) ?? new Map<IdentifierKey, Holders>();
      for (const id of ids) hold(held, id, undo);
      if (held.size > 0) this.#ids.set(entry, held);
      else this.#ids.delete(entry);
    }
  }

  /** The same, to go on by itself. */
  copy(): Undone {
    const copy = new Undone();
    copy.#taken = this.#taken;
    for (const [entry, holders] of this.#whole) copy.#whole.set(entry, holders);
    for (const [entry, held] of this.#ids) copy.#ids.set(entry, new Map(held));
    return copy;
  }

  /** The entries of which something is retracted; some twice. */
  *named(): Generator<Position> {
    yield* this.#whole.keys();
    yield* this.#ids.keys();
  }

  /** Is what an entry said of an identifier retracted? */
  covers(entry: Position, id?: IdentifierKey): boolean {
    return this.#whole.has(entry) || (id !== undefined && this.#ids.get(entry)?.has(id) === true);
  }

  /** Is all of this retracted? */
  coversAll({ entry, ids }: Told): boolean {
    return this.#whole.has(entry) || ids?.every((id) => this.covers(entry, id)) === true;
  }

  /** What an undo took back and holds still, whoever else does: putting that back ends its hold. */
  heldBy({ told, position }: Pick<PlacedUndo, 'told' | 'position'>): readonly Told[] {
    const isHeld = (holders: Holders | undefined) => holders?.includes(position) === true;
    return told.flatMap(({ entry, ids }): readonly Told[] => {
      if (ids === undefined) return isHeld(this.#whole.get(entry)) ? [{ entry }] : [];
      const left = ids.filter((id) => isHeld(this.#ids.get(entry)?.get(id)));
      return left.length > 0 ? [{ entry, ids: left }] : [];
    });
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
      ...(ids === undefined ? {} : { without: [...ids.keys()] }),
      ...(answered === undefined ? {} : { answered }),
    };
  }
}

/** Does an event or a description leave it to the directory whose it is? Then it hangs on the profile that was found. */
const asks = ({ command }: Entry): boolean => 'resolve' in command && command.resolve !== undefined;

/** A retraction joins those who hold something; a restore leaves those who hold it still, if any. */
function hold<Key>(held: Map<Key, Holders>, key: Key, { type, position, of }: PlacedUndo): void {
  const before = held.get(key) ?? [];
  const after =
    type === 'Retract' ? [...before, position] : of === undefined ? [] : before.filter((holder) => holder !== of);
  if (after.length > 0) held.set(key, after);
  else held.delete(key);
}
