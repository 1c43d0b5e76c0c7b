import { type Claim, claimsBetween, nameOfClaim, type Position, type Sight } from '@selfsame/identity';
import { StoreError } from '@selfsame/store';
import type { Database, Statement } from 'better-sqlite3';
import { checksum } from '../disk/checksum.ts';
import type { Writes } from '../disk/writes.ts';

/** Nodes share this many rows of a checkpoint, so that an event costs no row of its own. */
const BUCKETS = 1024;

/** The claims that one checkpoint kept for the nodes of one bucket, with a checksum (G3). */
export interface EvidenceRow {
  readonly bucket: number;
  /** The log position the checkpoint reached. */
  readonly through: Position;
  /** JSON: pairs of a node's number and a claim. */
  readonly body: string;
  readonly crc: number;
}

type Kept = readonly (readonly [number: number, claim: Claim])[];

/**
 * Claims that nodes no longer list ([L4]). Nearly every event leaves one and almost none is ever read again, so they are
 * written in bulk, and a look reads its whole bucket.
 */
export class EvidenceTable {
  readonly #bucket: Statement<[number], EvidenceRow>;

  constructor(db: Database) {
    this.#bucket = db.prepare('SELECT * FROM evidence WHERE bucket = ? ORDER BY through');
  }

  /** Part of a checkpoint, which reaches `through`. `kept` pairs node numbers with claims. Yields what its work costs, in bytes. */
  *add(
    kept: Iterable<readonly [number: number, claims: readonly Claim[]]>,
    through: Position,
    writes: Writes,
  ): Generator<number> {
    const buckets = new Map<number, [number, Claim][]>();
    for (const [number, claims] of kept) {
      const bucket = number % BUCKETS;
      let list = buckets.get(bucket);
      if (list === undefined) buckets.set(bucket, (list = []));
      for (const claim of claims) list.push([number, claim]);
      yield 50 * claims.length;
    }
    for (const [bucket, list] of buckets) {
      const body = JSON.stringify(list);
      writes.add('INSERT INTO evidence VALUES (?, ?, ?, ?)', bucket, through, body, checksum(bucket, through, body));
      yield body.length;
    }
  }

  /** The claims kept for a node between two moments, in evidence order. @throws StoreError as `decodeEvidence`. */
  between(number: number, after: Sight, before: Sight): readonly Claim[] {
    const claims = new Map<string, Claim>();
    for (const row of this.#bucket.all(number % BUCKETS))
      for (const [of, claim] of decodeEvidence(row)) if (of === number) claims.set(nameOfClaim(claim), claim);
    return claimsBetween(claims.values(), after, before);
  }
}

/** @throws StoreError 'store/corrupt' when the row does not match its checksum. */
export function decodeEvidence({ bucket, through, body, crc }: EvidenceRow): Kept {
  if (checksum(bucket, through, body) !== crc)
    throw new StoreError(
      'store/corrupt',
      `evidence row ${bucket}.${through} does not match its checksum: rebuild the graph from the log`,
    );
  return JSON.parse(body) as Kept;
}
