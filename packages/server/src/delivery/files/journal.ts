import { existsSync } from 'node:fs';
import { type FileHandle, open, rename, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant, Position } from '@selfsame/identity';
import { type Place, placeOfLine } from '@selfsame/outputs';
import { syncDirectory } from '@selfsame/store-embedded';
import { linesIn } from './lines.ts';

/** What a journal holds. */
export interface Held {
  readonly first: Position;
  readonly last: Place;
  readonly bytes: number;
  /** Arrival of the first entry, ms. */
  readonly since: Instant;
}

/** A message's place and when its entry arrived, ms. */
export interface Placed extends Place {
  readonly at: Instant;
}

/** The rows of the files under way, as they came: on stable storage once they are synced, whole after a crash. */
export class Journal {
  readonly #directory: string;
  #held: Held | undefined;
  #handle: FileHandle | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  get held(): Held | undefined {
    return this.#held;
  }

  /** Takes up what is there. A line that a crash has cut off goes: its message is told again. */
  async open(): Promise<void> {
    await this.#shut();
    const file = openIn(this.#directory);
    this.#held = existsSync(file) ? await readJournal(file) : undefined;
    if (existsSync(file)) await truncate(file, this.#held?.bytes ?? 0);
  }

  /** Adds the lines of one or several messages, the last of which is `last`. Not on stable storage before `sync`. */
  async write(text: string, first: Placed, last: Place): Promise<void> {
    if (this.#handle === undefined) {
      this.#handle = await open(openIn(this.#directory), 'a');
      syncDirectory(this.#directory);
    }
    await this.#handle.appendFile(text);
    const before = this.#held ?? { first: first.position, since: first.at, bytes: 0 };
    this.#held = { ...before, last, bytes: before.bytes + Buffer.byteLength(text) };
  }

  /** On stable storage when it resolves. */
  async sync(): Promise<void> {
    await this.#handle?.sync();
    await this.#shut();
  }

  /** Ends it: from here on it is what `closedIn` names, and the next row begins another. */
  async end(): Promise<void> {
    await this.sync();
    await rename(openIn(this.#directory), closedIn(this.#directory));
    syncDirectory(this.#directory);
    this.#held = undefined;
  }

  async #shut(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}

/** Names that begin with _ are passed over by whoever reads the directory. */
export const openIn = (directory: string): string => join(directory, '_open.rows');
/** A journal that is being made into files. */
export const closedIn = (directory: string): string => join(directory, '_closing.rows');

/** The place of a line of a journal; undefined for what is none. */
export function placedIn(line: Buffer): Placed | undefined {
  const found = placeOfLine(line.toString('utf8', 0, 120));
  return found && { position: found.position, part: found.part, at: Date.parse(found.arrived) };
}

/** What a journal holds, up to the last line that is whole. */
export async function readJournal(file: string): Promise<Held | undefined> {
  let held: Held | undefined;
  for await (const lines of linesIn(file)) {
    for (const line of lines) {
      const placed = placedIn(line);
      // A power cut may leave anything behind what was synced.
      if (placed === undefined) return held;
      const { position, part, at } = placed;
      const { first, since, bytes } = held ?? { first: position, since: at, bytes: 0 };
      held = { first, since, last: { position, part }, bytes: bytes + line.length };
    }
  }
  return held;
}
