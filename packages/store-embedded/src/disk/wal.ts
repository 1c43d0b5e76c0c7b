import { existsSync, readFileSync } from 'node:fs';

const HEADER = 32;
const FRAME_HEADER = 24;

/**
 * Looks for commits that SQLite would silently leave out because a frame of the write-ahead log before them is damaged.
 * SQLite takes the first frame that does not match its checksum for the torn end of a crash. But a commit is synced
 * before the next one is written, so a damaged frame with a whole commit after its own was on the disk once.
 * Format: https://www.sqlite.org/fileformat2.html#walformat
 * @returns a sentence for each such damage; none for a sound or absent file.
 */
export function findLostCommits(file: string): readonly string[] {
  if (!existsSync(file)) return [];
  const bytes = readFileSync(file);
  if (bytes.length < HEADER + FRAME_HEADER) return [];
  const bigEndian = (bytes.readUInt32BE(0) & 1) === 1;
  const pageSize = bytes.readUInt32BE(8);
  const size = FRAME_HEADER + pageSize;
  if (bytes.readUInt32BE(0) >>> 1 !== 0x377f0682 >>> 1 || pageSize < 512)
    return ['the header of the write-ahead log is damaged: commits in it are lost'];
  const sum = new FrameSum(bytes, bigEndian);
  sum.add(0, 24);
  if (!sum.equals(24)) return ['the header of the write-ahead log is damaged: commits in it are lost'];
  const frames = Math.floor((bytes.length - HEADER) / size);
  let damaged: number | undefined;
  let commitAfter = false;
  for (let frame = 0; frame < frames; frame++) {
    const at = HEADER + frame * size;
    const ours = bytes.compare(bytes, 16, 24, at + 8, at + 16) === 0;
    if (damaged === undefined) {
      sum.add(at, 8);
      sum.add(at + FRAME_HEADER, pageSize);
      if (!ours || !sum.equals(at + 16)) damaged = frame;
    } else if (commitAfter && ours) {
      return [`frame ${damaged + 1} of the write-ahead log is damaged: commits from there on are lost`];
    }
    if (damaged !== undefined && (ours || frame === damaged) && bytes.readUInt32BE(at + 4) > 0) commitAfter = true;
  }
  return [];
}

/** SQLite's running checksum over the write-ahead log. */
class FrameSum {
  readonly #bytes: Buffer;
  readonly #bigEndian: boolean;
  #a = 0;
  #b = 0;

  constructor(bytes: Buffer, bigEndian: boolean) {
    this.#bytes = bytes;
    this.#bigEndian = bigEndian;
  }

  add(from: number, length: number): void {
    const word = (at: number) => (this.#bigEndian ? this.#bytes.readUInt32BE(at) : this.#bytes.readUInt32LE(at));
    for (let at = from; at < from + length; at += 8) {
      this.#a = (this.#a + word(at) + this.#b) >>> 0;
      this.#b = (this.#b + word(at + 4) + this.#a) >>> 0;
    }
  }

  /** Is this the sum kept there? */
  equals(at: number): boolean {
    return this.#bytes.readUInt32BE(at) === this.#a && this.#bytes.readUInt32BE(at + 4) === this.#b;
  }
}
