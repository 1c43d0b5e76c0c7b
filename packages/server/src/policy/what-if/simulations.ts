import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Policy, type ProjectId, undoIn } from '@selfsame/identity';
import type { Store } from '@selfsame/store';
import type { SimulationView } from '../../api.ts';
import { limits } from '../../limits.ts';
import { type Beside, startBeside } from '../beside/start-beside.ts';
import type { Task, Word } from './words.ts';

/** What other policies would make of a project's log: asked for, worked on one after the other, kept for a while. */
export interface Simulations {
  /** Begins, or waits for its turn; undefined when too many wait. */
  start(project: ProjectId, question: Question): Promise<string | undefined>;
  find(project: ProjectId, id: string): SimulationView | undefined;
  /** Newest first, without their results. */
  list(project: ProjectId): readonly Omit<SimulationView, 'result' | 'presets'>[];
  /** Ends one that runs and forgets it; false when there is none. */
  cancel(project: ProjectId, id: string): boolean;
  /** Ends all. */
  stop(): void;
}

export interface Question {
  readonly present: Policy;
  readonly others: readonly Policy[];
  /** The directory's past calls are decided anew as well. */
  readonly fromTheStart: boolean;
  /** The human of some events, where somebody knows. */
  readonly truth?: Task['truth'];
  readonly questions?: Task['questions'];
  /** What would be taken back, or put back. */
  readonly undo?: Task['undo'];
  /** What would be said. */
  readonly entry?: Task['entry'];
  /** Every result by its preset, instead of the one. */
  readonly isLens: boolean;
}

interface Simulation extends SimulationView {
  readonly project: ProjectId;
}

/** Changes that a result shows; in a lens there are several results. */
const CHANGES = { one: 20, lens: 5 } as const;

export function createSimulations(parts: {
  readonly directory: string;
  /** Where each keeps files meanwhile. */
  readonly scratch: string;
  readonly store: Store;
  readonly secret: Uint8Array;
  /** ms */
  readonly clock: () => number;
}): Simulations {
  const { directory, scratch, store, secret, clock } = parts;
  const all = new Map<string, Simulation>();
  const waiting: { readonly id: string; readonly task: Omit<Task, 'scratch'>; readonly isLens: boolean }[] = [];
  let working: { readonly id: string; readonly process: Beside } | undefined;
  let stopped = false;

  const change = (id: string, now: Partial<SimulationView>): void => {
    const before = all.get(id);
    if (before !== undefined) all.set(id, { ...before, ...now });
  };

  function next(): void {
    const one = working === undefined && !stopped ? waiting.shift() : undefined;
    if (one === undefined) return;
    const { id, isLens } = one;
    const task: Task = { ...one.task, scratch: mkdtempSync(join(scratch, 'what-if-')) };
    const ended = (): void => {
      working = undefined;
      rmSync(task.scratch, { recursive: true, force: true });
      if (all.get(id)?.state === 'running') change(id, { state: 'failed', reason: TOO_LARGE });
      next();
    };
    const onWord = (word: Word): void => {
      if (word.type === 'progress') change(id, { progress: word.done });
      else if (word.type === 'failed') change(id, { state: 'failed', reason: word.reason });
      else {
        const [result] = word.results;
        const found = isLens || result === undefined ? { presets: word.results } : { result };
        change(id, { state: 'done', progress: 1, ...found });
      }
    };
    // Its memory is bounded and its own; a log that needs more fails there, and no request with it.
    const execArgv = [`--max-old-space-size=${limits.simulationMegabytes}`];
    working = {
      id,
      process: startBeside(new URL('./process.ts', import.meta.url), task, { execArgv, onWord, onEnd: ended }),
    };
  }

  /** Makes room for one more: those that ended first go first. */
  function forgetOldest(project: ProjectId): boolean {
    const mine = [...all].filter(([, one]) => one.project === project);
    if (mine.length < limits.simulationsKept) return true;
    const oldest = mine.find(([, one]) => one.state !== 'running');
    return oldest !== undefined && all.delete(oldest[0]);
  }

  return {
    async start(project, { present, others, isLens, fromTheStart, truth, undo, entry, questions = [] }) {
      const through = await store.head(project);
      const undos = (await store.undos(project)).flatMap((one) =>
        one.entry.position <= through ? (undoIn(one) ?? []) : [],
      );
      if (stopped || waiting.length >= limits.simulationsWaiting || !forgetOldest(project)) return undefined;
      const id = randomUUID();
      const changes = isLens ? CHANGES.lens : CHANGES.one;
      all.set(id, {
        id,
        project,
        state: 'running',
        progress: 0,
        position: through,
        startedAt: new Date(clock()).toISOString(),
      });
      waiting.push({
        id,
        isLens,
        task: {
          ...{ directory, project, through, undos, undo, secret, present, others, fromTheStart, changes, truth },
          ...{ entry, questions, isWhole: !isLens },
        },
      });
      next();
      return id;
    },
    find(project, id) {
      const found = all.get(id);
      if (found?.project !== project) return undefined;
      const { project: _project, ...view } = found;
      return view;
    },
    list: (project) =>
      [...all.values()]
        .filter((one) => one.project === project)
        .toReversed()
        .map(({ project: _project, result: _result, presets: _presets, ...view }) => view),
    cancel(project, id) {
      if (all.get(id)?.project !== project) return false;
      all.delete(id);
      const place = waiting.findIndex((one) => one.id === id);
      if (place >= 0) waiting.splice(place, 1);
      if (working?.id === id) working.process.kill();
      return true;
    },
    stop() {
      stopped = true;
      waiting.length = 0;
      working?.process.kill();
    },
  };
}

const TOO_LARGE = `it ended without an answer: a simulation may use ${limits.simulationMegabytes} MB, which is too little for this log`;
