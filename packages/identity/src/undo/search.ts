import type { Graph } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { PlacedUndo } from '../words/command.ts';
import type { IdentifierKey } from '../words/ids.ts';
import { Component, namedBy, type Said } from './component.ts';

/** The part of a graph that an undo touches, and all that the log says of it. */
export interface Touched<S extends Said = Said> {
  readonly keys: ReadonlySet<IdentifierKey>;
  /** In the log's order, without what the rules failed on. */
  readonly told: readonly S[];
}

/** Does this entry take something back or put it back? */
export const undoIn = ({ entry: { command, position }, verdict }: Said): PlacedUndo | undefined =>
  verdict.status === 'applied' && (command.type === 'Retract' || command.type === 'Restore')
    ? { ...command, position }
    : undefined;

/**
 * Looks through the log of one project for what it says of a component, until nothing more is found to belong to it
 * ([U3]):
 *
 *     while (search.begin()) for (const one of log) search.look(one);
 */
export class Search<S extends Said = Said> {
  readonly #component: Component;
  #told: S[] = [];
  #grew = true;

  constructor(graph: Pick<Graph, 'node'>, policy: Policy, start: Iterable<IdentifierKey>) {
    this.#component = new Component(graph, policy, start);
  }

  /** The search for what is touched when these entries are taken back or put back. */
  static around<S extends Said>(graph: Pick<Graph, 'node'>, policy: Policy, undone: readonly S[]): Search<S> {
    return new Search<S>(
      graph,
      policy,
      undone.flatMap((one) => namedBy(policy, one)),
    );
  }

  /** Is the log to be looked through (again)? */
  begin(): boolean {
    const again = this.#grew;
    this.#grew = false;
    if (again) this.#told = [];
    return again;
  }

  /** Does it belong to the component? */
  look(said: S): boolean {
    // [Q1] The rules failed on it when it came.
    if (said.verdict.rule === 'Q1') return false;
    const { is, grew } = this.#component.holds(said);
    if (is) this.#told.push(said);
    this.#grew ||= grew;
    return is;
  }

  get touched(): Touched<S> {
    return { keys: this.#component.keys, told: this.#told };
  }
}
