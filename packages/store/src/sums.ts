import type { ProjectId } from '@selfsame/identity';
import type { Sum } from './live.ts';

/** Different names counted of a project and a kind: there are some sixty sentences of ours, and six wires. */
const MOST = 500;

/** What is added up by project and name; of names that come from outside no more than a few (G12). */
export class Sums {
  readonly #kinds = new Map<string, Map<string, Sum>>();

  add(sum: Sum): void {
    const { project, name, items } = sum;
    const kind = `${name[0]}\n${project}`;
    let sums = this.#kinds.get(kind);
    if (sums === undefined) this.#kinds.set(kind, (sums = new Map()));
    const key = name.join('\n');
    const before = sums.get(key);
    if (before !== undefined || sums.size < MOST) sums.set(key, { ...sum, items: (before?.items ?? 0) + items });
  }

  /** Of one kind, of one project or of all. */
  list(kind: string, project?: ProjectId): readonly Sum[] {
    if (project !== undefined) return [...(this.#kinds.get(`${kind}\n${project}`)?.values() ?? [])];
    return this.all().filter(({ name }) => name[0] === kind);
  }

  all(): readonly Sum[] {
    return [...this.#kinds.values()].flatMap((sums) => [...sums.values()]);
  }
}
