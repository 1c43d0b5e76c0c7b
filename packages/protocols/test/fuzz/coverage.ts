/** What has run of the sources that `instrument.ts` has marked. */
export interface Coverage {
  /** Did a place run that never had before, since the last look? */
  isNew(): boolean;
  /** Places that ran so far. */
  readonly reached: number;
}

const seen = new Uint8Array(2 ** 16);
let reached = 0;
let looked = 0;

/** Called by the marked sources at each of their places. */
export function ran(place: number): void {
  if (seen[place] !== 0) return;
  seen[place] = 1;
  reached += 1;
}

/** Begins anew: of one parser after another, each is led by what it reaches itself. */
export function startCoverage(): Coverage {
  seen.fill(0);
  reached = 0;
  looked = 0;
  return {
    isNew() {
      const isNew = reached > looked;
      looked = reached;
      return isNew;
    },
    get reached() {
      return reached;
    },
  };
}
