import { intake, Turn } from '@selfsame/store';

export interface ReadingRoomLimits {
  /** Bytes of bodies that each source may have read and not answered, whatever the others have (G13). */
  readonly share: number;
  /** And while less waits than the next commit takes. */
  readonly bytes: number;
  /** Does as much wait to be stored as the next commit takes? */
  readonly isAhead: () => boolean;
}

/** What whoever may be read has until it is answered. */
export interface Seat {
  /** How long it waited for it, ms. */
  readonly waitedMs: number;
  leave(): void;
}

interface Waiting {
  readonly bytes: number;
  readonly since: number;
  readonly enter: (seat: Seat) => void;
}

/**
 * Requests whose bodies are whole wait here as the bytes that they are, where as much was read as the next commit takes:
 * what is read of one is many times as large and made of thousands of small things, over all of which the garbage
 * collector goes again and again while they wait. A source of which little is read waits for no other (G13).
 */
export class ReadingRoom {
  readonly #limits: ReadingRoomLimits;
  readonly #now: () => number;
  /** Bytes of each source that are read and not answered. */
  readonly #inside = new Map<string, number>();
  /** Those that wait, by source, in order; the source whose turn it is comes first. */
  #waiting = new Map<string, Waiting[]>();
  #isCalling = false;

  /** @param now a clock for durations, ms */
  constructor(limits: ReadingRoomLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Resolves when a body of so many bytes may be read: of each source in order. */
  enter(bytes: number, source: string): Promise<Seat> {
    const before = this.#waiting.get(source);
    if (before === undefined && this.#mayEnter(source)) return Promise.resolve(this.#seat(bytes, source, 0));
    return new Promise((enter) => {
      const one = { bytes, since: this.#now(), enter };
      if (before === undefined) this.#waiting.set(source, [one]);
      else before.push(one);
    });
  }

  /** Lets in whoever may enter now. */
  look(): void {
    if (!this.#isCalling && this.#waiting.size > 0) void this.#call();
  }

  /** For how long one has waited, ms; 0 where nobody waits. */
  get oldestMs(): number {
    const first = [...this.#waiting.values()].map(([one]) => (one as Waiting).since);
    return first.length === 0 ? 0 : this.#now() - Math.min(...first);
  }

  #mayEnter(source: string): boolean {
    const mine = this.#inside.get(source) ?? 0;
    return mine < this.#limits.share || (mine < this.#limits.bytes && !this.#limits.isAhead());
  }

  #seat(bytes: number, source: string, waitedMs: number): Seat {
    this.#inside.set(source, (this.#inside.get(source) ?? 0) + bytes);
    return {
      waitedMs,
      leave: () => {
        const left = (this.#inside.get(source) as number) - bytes;
        if (left > 0) this.#inside.set(source, left);
        else this.#inside.delete(source);
        this.look();
      },
    };
  }

  /** Lets in those that may enter one after the other, for each is read before there is anything to tell of the next. */
  async #call(): Promise<void> {
    this.#isCalling = true;
    const turn = new Turn(intake);
    for (let source = this.#next(); source !== undefined; source = this.#next()) {
      const waiting = this.#waiting.get(source) as Waiting[];
      const { bytes, since, enter } = waiting.shift() as Waiting;
      // Now it is the last.
      this.#waiting.delete(source);
      if (waiting.length > 0) this.#waiting.set(source, waiting);
      // See decision 41.
      else if (this.#waiting.size === 0) this.#waiting = new Map();
      enter(this.#seat(bytes, source, this.#now() - since));
      // What waited for it goes on before we do.
      await undefined;
      if (turn.isOver) await turn.next();
    }
    this.#isCalling = false;
  }

  /** The first source that waits and may enter. */
  #next(): string | undefined {
    for (const source of this.#waiting.keys()) if (this.#mayEnter(source)) return source;
    return undefined;
  }
}
