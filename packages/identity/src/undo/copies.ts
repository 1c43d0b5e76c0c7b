import type { Entry } from '../words/command.ts';
import type { Position } from '../words/ids.ts';

/** The copies of one event, each side's in the order of the log. */
interface Group {
  readonly page: Position[];
  readonly backend: Position[];
}

/**
 * Which of several copies of an event counts, of one project: the backend's latest that stands, else the page's
 * ([D2], [D3]). Takes the events of a log, in its order.
 */
export class Copies {
  readonly #groups = new Map<Position, Group>();

  take({ position, repeats, outranks, outrankedBy, trust }: Entry): void {
    const other = outranks ?? outrankedBy;
    const first = repeats ?? other;
    if (first === undefined) return;
    const group = this.#groups.get(first) ?? { page: [], backend: [] };
    const [own, others] = trust > 0 ? [group.backend, group.page] : [group.page, group.backend];
    for (const [copy, side] of [
      [repeats, own],
      [other, others],
      [position, own],
    ] as const) {
      if (copy === undefined || this.#groups.has(copy)) continue;
      this.#groups.set(copy, group);
      side.push(copy);
    }
  }

  /**
   * Says of an entry which copy counts for its event, as long as the same ones stand; undefined when none does. One that
   * has no copies counts if it stands.
   */
  under(stands: (copy: Position) => boolean): (event: Position) => Position | undefined {
    const found = new Map<Group, Position | undefined>();
    return (event) => {
      const group = this.#groups.get(event);
      if (group === undefined) return stands(event) ? event : undefined;
      if (!found.has(group)) found.set(group, group.backend.findLast(stands) ?? group.page.findLast(stands));
      return found.get(group);
    };
  }
}
