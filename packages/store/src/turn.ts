/** How long work may keep the event loop to itself, ms, before others are answered. */
const LONGEST = 3;

/**
 * Long works that have a turn of the event loop one after the other. With a clock of its own each of many would have its
 * time of one and the same turn, which would then be as long as all of them together.
 */
export class Line {
  /** When whoever has the present turn began; undefined when nobody has. */
  #began: number | undefined;
  readonly #waiting: (() => void)[] = [];
  readonly #now: () => number;

  /** `now` is any clock that runs evenly, ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** How long the present turn has been held by this line, ms; it begins with whoever asks first. */
  held(): number {
    const now = this.#now();
    if (this.#began === undefined) {
      this.#began = now;
      setImmediate(this.#next);
    }
    return now - this.#began;
  }

  /** Resolves at the beginning of a turn that nobody else of the line has. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.held();
    });
  }

  readonly #next = (): void => {
    const next = this.#waiting.shift();
    this.#began = undefined;
    if (next === undefined) return;
    this.held();
    next();
  };
}

/** Of what is not what a sender waits for. */
const aside = new Line();
/** Of what every sender waits for: their bodies are read and their items decided beside all else, and not behind it. */
export const intake = new Line();

/**
 * The event loop, held for long work a turn at a time:
 *
 *     for (const one of many) {
 *       work(one);
 *       if (turn.isOver) await turn.next();
 *     }
 */
export class Turn {
  readonly #line: Line;
  readonly #longest: number;

  /** `longest`: ms a turn may take. */
  constructor(line = aside, longest = LONGEST) {
    this.#line = line;
    this.#longest = longest;
    line.held();
  }

  get isOver(): boolean {
    return this.#line.held() >= this.#longest;
  }

  /** Lets everything else that is ready have its turn, and those of its line that waited longer. */
  next(): Promise<void> {
    return this.#line.wait();
  }
}
