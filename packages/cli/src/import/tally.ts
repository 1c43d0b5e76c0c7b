/** Reasons shown one by one before the rest is only counted. */
const SHOWN = 10;

/** Counts what became of the items of an import, and keeps the first few reasons. */
export class Tally {
  readonly counts = new Map<string, number>();
  readonly reasons: string[] = [];

  /** `number` is the item's place in the file. */
  add(status: string, number: number, reason?: string): void {
    this.counts.set(status, (this.counts.get(status) ?? 0) + 1);
    if (reason !== undefined && this.reasons.length < SHOWN) this.reasons.push(`item ${number}: ${reason}`);
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, n) => sum + n, 0);
  }

  /** Items that left no trace because something was wrong with them. */
  get refused(): number {
    return (this.counts.get('rejected') ?? 0) + (this.counts.get('unreadable') ?? 0);
  }

  toString(): string {
    const parts = [...this.counts].map(([status, n]) => `${n.toLocaleString('en')} ${status}`);
    return parts.length === 0 ? 'nothing' : parts.join(', ');
  }
}
