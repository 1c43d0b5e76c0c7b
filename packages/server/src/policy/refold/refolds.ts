import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { foldedUnder, type Policy, type Position, type ProjectId, type Rules } from '@selfsame/identity';
import { FORMER, formerPolicies, removeGraphFile } from '@selfsame/store-embedded';
import type { Projects } from '../../context.ts';
import { type Beside, startBeside } from '../beside/start-beside.ts';
import { mustRefold } from '../change.ts';
import type { PolicyWord } from '../file.ts';
import type { RefoldTask, RefoldWord } from './words.ts';

/** A change of policy that folds the log anew, beside the graph that is asked meanwhile. */
export interface Refolds {
  /** Resolves when the policy is in force; undefined while another change is under way. @throws Error when it is not. */
  begin(project: ProjectId, after: Policy, word: PolicyWord): Promise<void> | undefined;
  /** The change that is under way; `progress` 0…1. */
  readonly underWay: { readonly project: ProjectId; readonly progress: number } | undefined;
  /** Leaves the policy as it is; false when none of this project is under way. */
  cancel(project: ProjectId): boolean;
  /** The graph of the policy before is no longer kept; false when none is. Not while a change is under way. */
  forgetFormer(): boolean;
  /** Tells of policies of a project whether switching to them folds nothing, or only what came since they were left. */
  quick(project: ProjectId): (policy: Policy) => boolean;
  stop(): void;
}

export function createRefolds(parts: {
  readonly directory: string;
  readonly secret: Uint8Array;
  readonly projects: Projects;
  /**
   * Puts the graph that was folded beside under the coming rules in the place of the present one; `take` puts them in
   * force. Undefined: it could not, and the other process is to go on.
   */
  readonly adopt: (coming: (project: ProjectId) => Rules, take: () => void) => Promise<number | undefined>;
  /** The last position of the log. */
  readonly head: () => Position;
}): Refolds {
  const { directory, secret, projects, adopt, head } = parts;
  let underWay: { readonly project: ProjectId; progress: number } | undefined;
  let child: Beside | undefined;
  let cancelled = false;

  /** One run of the other process; how far the graph then reaches. */
  function run(task: RefoldTask, onProgress: (share: number) => void): Promise<Position> {
    return new Promise((resolve, reject) => {
      let through: Position | undefined;
      let why = 'the process that folds the log has ended';
      child = startBeside<RefoldWord>(new URL('./process.ts', import.meta.url), task, {
        onWord(word) {
          if (word.type === 'progress') onProgress(word.done / word.total);
          else if (word.type === 'failed') why = word.reason;
          else through = word.through;
        },
        // Only once it has gone is the file nobody's.
        onEnd() {
          child = undefined;
          if (cancelled) reject(new Cancelled());
          else if (through === undefined) reject(new Error(why));
          else resolve(through);
        },
      });
    });
  }

  async function change(state: NonNullable<typeof underWay>, after: Policy, word: PolicyWord): Promise<void> {
    const { project } = state;
    const policies = new Map(projects.all.map(({ id }) => [id, projects.rules(id).policy]));
    const otherwise = projects.rules('' as ProjectId).policy;
    const task = { directory, secret, policies: policies.set(project, after), otherwise };
    const coming = (id: ProjectId): Rules => ({
      ...projects.rules(id),
      ...(id === project ? { policy: after } : {}),
    });
    for (let i = 1; i <= TRIES; i++) {
      const through = await run(task, (share) => {
        state.progress = Math.max(state.progress, share);
      });
      // What came while it ended is folded here, beside all else, before the graph is taken.
      if (head() - through > LEFT && i < TRIES) continue;
      if ((await adopt(coming, () => projects.choose(project, after, word))) !== undefined) return;
    }
    throw new Error('more is taken back than can be followed');
  }

  return {
    get underWay() {
      return underWay;
    },
    begin(project, after, word) {
      if (underWay !== undefined) return undefined;
      cancelled = false;
      const state = { project, progress: 0 };
      underWay = state;
      return change(state, after, word).finally(() => {
        underWay = undefined;
      });
    },
    cancel(project) {
      if (underWay?.project !== project || child === undefined) return false;
      cancelled = true;
      child.kill();
      return true;
    },
    forgetFormer() {
      const isKept = existsSync(join(directory, FORMER));
      removeGraphFile(directory, FORMER);
      return isKept;
    },
    quick(project) {
      const former = formerPolicies(directory);
      return (policy) =>
        !mustRefold(projects.rules(project).policy, policy) ||
        (former !== undefined &&
          [...former].every(([id, text]) => text === foldedUnder(id === project ? policy : projects.rules(id).policy)));
    },
    stop() {
      cancelled = true;
      child?.kill();
    },
  };
}

/** Somebody wanted the policy left as it is. */
export class Cancelled extends Error {
  constructor() {
    super('the change of policy was cancelled');
    this.name = 'Cancelled';
  }
}

/** Entries that are folded by this process, and how often the other one is asked to come so near. */
const LEFT = 2_000;
const TRIES = 5;
