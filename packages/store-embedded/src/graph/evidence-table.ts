import {
  type Claim,
  claimsBetween,
  compareKept,
  nameOfClaim,
  nearest,
  type Position,
  type Sight,
  sortNameOf,
} from '@selfsame/identity';
import { StoreError } from '@selfsame/store';
import type { Database, Statement } from 'better-sqlite3';
import { checksum } from '../disk/checksum.ts';
import type { Writes } from '../disk/writes.ts';
import { byNumber } from './by-number.ts';

/** Claims that a row holds at most: a look for the next to a moment reads two rows of a checkpoint. */
const PART = 64;

/** What a row costs beside its text, bytes. */
const ROW = 100;

/** The claims of one sort ([L4]) that one checkpoint kept for a node, or a part of them. */
interface Run {
  readonly number: number;
  readonly sort: string;
  /** The log position the checkpoint reached. */
  readonly through: Position;
}

/** Some of a run, which has parts from 0 on, in evidence order; with a checksum (G3). */
export interface EvidenceRow extends Run {
  readonly part: number;
  /** JSON: {@link First}. */
  readonly first: string;
  /** JSON: claims. */
  readonly body: string;
  readonly crc: number;
}

/** Time and tie of the first claim of a row, and its place in the log where they lie by that. */
type First = [time: number, tie: string, position?: Position];

const firstOf = ([time, tie, position]: First, like: Claim): Claim =>
  position === undefined ? { ...like, time, tie } : { ...like, time, tie, position, byArrival: true };

type Named = [number: number, sort: string, through: Position];

/**
 * Claims that nodes no longer list ([L4]). Nearly every event leaves one and almost none is ever read again, so a node’s
 * of one checkpoint share a row; and they lie by node, sort and time, so that what a look reads does not grow with what
 * others sent, or the same sender.
 */
export class EvidenceTable {
  readonly #all: Statement<[number], EvidenceRow>;
  readonly #nextRun: Statement<Named, Run>;
  readonly #nextOfSort: Statement<Named, Run>;
  readonly #last: Statement<Named, { readonly part: number }>;
  readonly #first: Statement<[...Named, number], { readonly first: string }>;
  readonly #part: Statement<[...Named, number], EvidenceRow>;

  constructor(db: Database) {
    const of = 'FROM evidence WHERE number = ? AND sort = ?';
    this.#all = db.prepare('SELECT * FROM evidence WHERE number = ? ORDER BY through');
    this.#nextRun = db.prepare(
      'SELECT number, sort, through FROM evidence WHERE number = ? AND (sort, through) > (?, ?) ORDER BY sort, through LIMIT 1',
    );
    this.#nextOfSort = db.prepare(`SELECT number, sort, through ${of} AND through > ? ORDER BY through LIMIT 1`);
    this.#last = db.prepare(`SELECT part ${of} AND through = ? ORDER BY part DESC LIMIT 1`);
    this.#first = db.prepare(`SELECT first ${of} AND through = ? AND part = ?`);
    this.#part = db.prepare(`SELECT * ${of} AND through = ? AND part = ?`);
  }

  /** Part of a checkpoint, which reaches `through`. `kept` pairs node numbers with claims. Yields what its work costs, in bytes. */
  *add(
    kept: Iterable<readonly [number: number, claims: readonly Claim[]]>,
    through: Position,
    writes: Writes,
  ): Generator<number> {
    for (const one of byNumber(kept, ([number]) => number)) {
      if (one === undefined) yield ROW;
      else yield* addOf(...one, through, writes);
    }
  }

  /** The claims kept for a node between two moments, in evidence order. @throws StoreError as `decodeEvidence`. */
  between(number: number, after: Sight, before: Sight): readonly Claim[] {
    const claims = new Map<string, Claim>();
    for (const row of this.#all.all(number))
      for (const claim of decodeEvidence(row)) claims.set(nameOfClaim(claim), claim);
    return claimsBetween(claims.values(), after, before);
  }

  /**
   * Of the claims kept for a node those of a sort with `like` next to a moment, as `Graph.beside`; also in a version that
   * was kept otherwise since. Reads two rows of a checkpoint, and looks at some more where it kept many.
   * @throws StoreError as `decodeEvidence`.
   */
  beside(number: number, like: Claim, at: Claim): readonly Claim[] {
    const found: Claim[] = [];
    const sort = sortNameOf(like);
    for (let run = this.#nextOfSort.get(number, sort, -1); run !== undefined; ) {
      found.push(...nearest(this.#around(run, like, at), at));
      run = this.#nextOfSort.get(number, sort, run.through);
    }
    return nearest(found, at);
  }

  /** A claim kept for a node as it was kept last; undefined where it was not. @throws StoreError as `decodeEvidence`. */
  keptAs(number: number, claim: Claim): Claim | undefined {
    const name = nameOfClaim(claim);
    let [last, found]: [Position, Claim | undefined] = [-1, undefined];
    for (let run = this.#nextRun.get(number, '', -1); run !== undefined; ) {
      const [some] =
        run.through < last ? [] : this.#around(run, claim, claim).filter((one) => nameOfClaim(one) === name);
      if (some !== undefined) [last, found] = [run.through, some];
      run = this.#nextRun.get(number, run.sort, run.through);
    }
    return found;
  }

  /** The claims of a run before and after a moment, as few as are read together. */
  #around({ number, sort, through }: Run, like: Claim, at: Claim): readonly Claim[] {
    const run = [number, sort, through] as const;
    const last = this.#last.get(...run)?.part ?? 0;
    let [low, high] = [0, last];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const first = JSON.parse(this.#first.get(...run, middle)?.first ?? '[0, ""]') as First;
      if (compareKept(firstOf(first, like), at) < 0) low = middle;
      else high = middle - 1;
    }
    const found: Claim[] = [];
    for (let part = low; part <= last; part++) {
      const row = this.#part.get(...run, part);
      if (row !== undefined) found.push(...decodeEvidence(row));
      const end = found.at(-1);
      if (end !== undefined && compareKept(end, at) > 0) break;
    }
    return found;
  }
}

function* addOf(number: number, claims: readonly Claim[], through: Position, writes: Writes): Generator<number> {
  for (const [sort, some] of bySort(claims)) {
    some.sort(compareKept);
    yield 50 * some.length;
    for (let part = 0; part * PART < some.length; part++) {
      const row = encodeEvidence({ number, sort, through }, part, some.slice(part * PART, (part + 1) * PART));
      writes.add('INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?)', ...row);
      yield ROW + row[5].length;
    }
  }
}

/** Of a claim that is believed otherwise since ([U3]) the last version alone: only there a name has two sorts. */
function bySort(claims: readonly Claim[]): Map<string, Claim[]> {
  const sorts = Map.groupBy(claims, sortNameOf);
  if (sorts.size === 1) return sorts;
  return Map.groupBy(new Map(claims.map((claim) => [nameOfClaim(claim), claim])).values(), sortNameOf);
}

function encodeEvidence({ number, sort, through }: Run, part: number, claims: readonly Claim[]) {
  const [{ time, tie, position, byArrival }] = claims as [Claim];
  const place: First = byArrival === true ? [time, tie, position] : [time, tie];
  const [first, body] = [JSON.stringify(place), JSON.stringify(claims)];
  return [number, sort, through, part, first, body, checksum(number, sort, through, part, first, body)] as const;
}

/** @throws StoreError 'store/corrupt' when the row does not match its checksum. */
export function decodeEvidence({ number, sort, through, part, first, body, crc }: EvidenceRow): readonly Claim[] {
  if (checksum(number, sort, through, part, first, body) !== crc)
    throw new StoreError(
      'store/corrupt',
      `evidence row ${number}.${through}.${part} does not match its checksum: rebuild the graph from the log`,
    );
  return JSON.parse(body) as readonly Claim[];
}
