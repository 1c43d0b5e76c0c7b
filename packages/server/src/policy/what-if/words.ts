import type { Entry, PlacedUndo, Policy, Position, ProjectId } from '@selfsame/identity';
import type { SimulationResult } from '../../api.ts';
import type { Given } from './questions.ts';

/** A log to be folded under other policies, as the process that does so is told. */
export interface Task {
  /** The data directory. */
  readonly directory: string;
  readonly project: ProjectId;
  /** Entries up to here, and what had been taken back by then. */
  readonly through: Position;
  readonly undos: readonly PlacedUndo[];
  /** What person ids are made with. */
  readonly secret: Uint8Array;
  readonly present: Policy;
  readonly others: readonly Policy[];
  /** What is taken back, or put back, in the other readings as well: they then are of the present policy. */
  readonly undo: PlacedUndo | undefined;
  /** What is said at the end of the log in the other readings: a pin that is only tried. */
  readonly entry: Entry | undefined;
  /** Asked of every reading. */
  readonly questions: readonly Given[];
  /** Where it may keep files meanwhile; who gave it takes them away, since a process that is killed cannot. */
  readonly scratch: string;
  /** Decide the directory's calls of the past under each policy's own settings, and not as they were answered ([R14]). */
  readonly fromTheStart: boolean;
  /** The most changes each result shows. */
  readonly changes: number;
  /** Whole answers to the questions, beside their figures. */
  readonly isWhole: boolean;
  /** The human of some events, where somebody knows. */
  readonly truth: readonly { readonly insertId: string; readonly human: string }[] | undefined;
}

/** What the process says: how much is done, 0…1; at the end one result a policy, or why there is none. */
export type Word =
  | { readonly type: 'progress'; readonly done: number }
  | { readonly type: 'done'; readonly results: readonly SimulationResult[] }
  | { readonly type: 'failed'; readonly reason: string };
