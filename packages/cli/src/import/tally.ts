import type { Source } from './outgoing.ts';
import type { RefusedFile } from './refused-file.ts';

/** Reasons shown one by one before the rest is only counted. */
const SHOWN = 10;

/** Counts what became of the items of an import, and keeps the first few reasons; the refused go to their file. */
export class Tally {
  readonly counts = new Map<string, number>();
  readonly reasons: string[] = [];
  readonly #refused: RefusedFile | undefined;

  constructor(refused?: RefusedFile) {
    this.#refused = refused;
  }

  count(status: string): void {
    this.counts.set(status, (this.counts.get(status) ?? 0) + 1);
  }

  /** Why an item is anything but plainly applied. */
  note({ number }: Source, reason: string): void {
    if (this.reasons.length < SHOWN) this.reasons.push(`item ${number}: ${reason}`);
  }

  /** An item with its fate. */
  add(status: string, source: Source, reason?: string): void {
    this.count(status);
    if (isRefused(status)) this.refuse(source, reason ?? 'the server refused it');
    else if (reason !== undefined) this.note(source, reason);
  }

  /** Why an item that is already counted was not taken. */
  refuse(source: Source, reason: string): void {
    this.note(source, reason);
    this.#refused?.add(source, reason);
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, n) => sum + n, 0);
  }

  /** Items that left no trace because something was wrong with them. */
  get refused(): number {
    return [...this.counts].reduce((sum, [status, n]) => (isRefused(status) ? sum + n : sum), 0);
  }

  /** What was sent, which is the sum of what became of it (G5), and what could not be. */
  toString(): string {
    const unreadable = this.counts.get('unreadable') ?? 0;
    const fates = [...this.counts].filter(([status]) => status !== 'unreadable');
    const received = `${number(this.total - unreadable)} received`;
    const each = fates.map(([status, n]) => `${number(n)} ${status}`).join(', ');
    return [
      ...(unreadable === 0 ? [] : [`${number(unreadable)} unreadable`]),
      each === '' ? received : `${received}: ${each}`,
    ].join('; ');
  }
}

const number = (n: number): string => n.toLocaleString('en');
const isRefused = (status: string): boolean => status === 'rejected' || status === 'unreadable';
