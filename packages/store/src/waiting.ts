import type { ProjectId, Undo } from '@selfsame/identity';
import type { Group, Item, Request } from './decide-group.ts';

/** Requests that wait to be decided, by the project that their items are of; the project whose turn it is comes first. */
export class Waiting<R extends Request> {
  readonly #queues = new Map<ProjectId | null, R[]>();

  get isEmpty(): boolean {
    return this.#queues.size === 0;
  }

  add(project: ProjectId | null, request: R): void {
    const queue = this.#queues.get(project);
    if (queue === undefined) this.#queues.set(project, [request]);
    else queue.push(request);
  }

  /**
   * What is decided next, of at most so many items unless a single request has more. Each project one request after the
   * other, and the projects in turn: what waits for one holds up no other (G13).
   */
  take(most: number): Group<R> {
    const group = new Map<ProjectId | null, R[]>();
    let size = 0;
    for (const [project, queue] of this.#queues) {
      const request = queue[0] as R;
      // What takes something back is decided by itself: all that it touches must be read first.
      if (group.size > 0 && (takesBack(request.items) || takesBackIn(group) !== undefined)) break;
      if (group.size > 0 && size + request.items.length > most) break;
      const mine = group.get(project);
      if (mine === undefined) group.set(project, [request]);
      else mine.push(request);
      size += request.items.length;
      queue.shift();
      this.#queues.delete(project);
      if (queue.length > 0) this.#queues.set(project, queue);
    }
    return group;
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
