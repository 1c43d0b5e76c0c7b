import type { ProjectId, Undo } from '@selfsame/identity';
import type { Group, Item, Request } from './decide-group.ts';

/** A request, or what is left of one. */
interface Weighed extends Request {
  /** Of the whole request, about. */
  readonly bytes: number;
}

/** A request of so many items would keep those of other projects waiting that are decided before it: these are kept first. */
const MANY = 16;

/** Requests that wait to be decided, by the project that their items are of; the project whose turn it is comes first. */
export class Waiting<R extends Weighed> {
  #queues = new Map<ProjectId | null, R[]>();

  get isEmpty(): boolean {
    return this.#queues.size === 0;
  }

  add(project: ProjectId | null, request: R): void {
    const queue = this.#queues.get(project);
    if (queue === undefined) this.#queues.set(project, [request]);
    else queue.push(request);
  }

  /**
   * What is decided next, of at most so many items, and bytes, unless a single request has more. Each project one request
   * after the other, and the projects in turn: what waits for one holds up no other (G13).
   */
  take(most: number, mostBytes: number): Group<R> {
    const group = new Map<ProjectId | null, R[]>();
    let size = 0;
    let bytes = 0;
    for (const [project, queue] of this.#queues) {
      const request = queue[0] as R;
      // What takes something back is decided by itself: all that it touches must be read first.
      if (group.size > 0 && (takesBack(request.items) || takesBackIn(group) !== undefined)) break;
      if (group.size > 0 && size + request.items.length > most) break;
      const mine = group.get(project);
      // What another project has to say may be shorter.
      if (group.size > 0 && bytes + request.bytes > mostBytes) continue;
      if (group.size > 0 && mine === undefined && request.items.length >= MANY) continue;
      if (mine === undefined) group.set(project, [request]);
      else mine.push(request);
      size += request.items.length;
      bytes += request.bytes;
      queue.shift();
      this.#queues.delete(project);
      if (queue.length > 0) this.#queues.set(project, queue);
    }
    // See decision 41.
    if (this.#queues.size === 0) this.#queues = new Map();
    return group;
  }

  /** Does a project wait that has nothing in this group? */
  hasOthersThan(group: Group): boolean {
    for (const project of this.#queues.keys()) if (!group.has(project)) return true;
    return false;
  }

  /** What was taken and is not decided comes again: first the projects of which nothing was, last those that had some of their turn. */
  putBack(rest: Group<R>, begun: ReadonlySet<ProjectId | null>): void {
    const others = [...this.#queues].filter(([project]) => !rest.has(project));
    const again = [...rest].map(([project, requests]): [ProjectId | null, R[]] => [
      project,
      [...requests, ...(this.#queues.get(project) ?? [])],
    ]);
    this.#queues.clear();
    const isBegun = ([project]: [ProjectId | null, R[]]) => begun.has(project);
    for (const [project, queue] of [...again.filter((one) => !isBegun(one)), ...others, ...again.filter(isBegun)])
      this.#queues.set(project, queue);
  }

  /** Takes out some requests of a project; answers which. */
  drop(project: ProjectId | null, isOne: (request: R) => boolean): readonly R[] {
    const queue = this.#queues.get(project) ?? [];
    const gone = queue.filter(isOne);
    if (gone.length === 0) return gone;
    const left = queue.filter((one) => !isOne(one));
    if (left.length > 0) this.#queues.set(project, left);
    else this.#queues.delete(project);
    return gone;
  }
}

/** What these take back or put back, if they do. */
export function undoOf(items: readonly Item[]): Undo | undefined {
  for (const item of items)
    if (item.type === 'statement' && 'told' in item.statement.command) return item.statement.command;
  return undefined;
}

const takesBack = (items: readonly Item[]): boolean => undoOf(items) !== undefined;

/** What takes something back in a group, where it is alone. */
export function takesBackIn<R extends Request>(group: Group<R>): R | undefined {
  for (const [first] of group.values()) return first && takesBack(first.items) ? first : undefined;
  return undefined;
}
