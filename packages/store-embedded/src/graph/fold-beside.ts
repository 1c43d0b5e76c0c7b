import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { foldedUnder, type Position, type ProjectId, type Rules } from '@selfsame/identity';
import Database from 'better-sqlite3';
import { isOfOlderGraph, removeFile } from '../disk/schema.ts';
import { FORMER, GRAPH, NEXT, OpenFiles } from '../open-files.ts';
import { Meta } from './meta.ts';

/** Entries that may be left for whoever takes the graph over. */
const NEAR = 200;
/** How often it tries to come so near, where more arrives than can be followed. */
const TRIES = 50;

/**
 * Folds the log of a store that another process serves into a graph of its own, `graph-next.db`, under other rules, and
 * follows the log until little is missing. A graph that is there already, folded under the same rules, goes on where it
 * ends, and so does the one that was put aside last. The log is only read.
 * @returns how far it reaches. @throws StoreError when the log is damaged or the graph cannot be written.
 */
export function foldBeside(
  directory: string,
  rules: (project: ProjectId) => Rules,
  onProgress: (done: Position, total: Position) => void,
): Position {
  if (isFoldedUnder(join(directory, FORMER), rules)) {
    // Back again: nearly all of it is there.
    removeGraphFile(directory, NEXT);
    renameSync(join(directory, FORMER), join(directory, NEXT));
  } else if (!isFoldedUnder(join(directory, NEXT), rules)) removeGraphFile(directory, NEXT);
  const files = new OpenFiles(directory, {
    rules,
    graph: NEXT,
    onReplay: onProgress,
    reading: (read) => read(),
  });
  try {
    for (let i = 0; i < TRIES; i++) {
      files.checkpointNow();
      // What is brought home now, nobody waits for later.
      files.graph.pragma('wal_checkpoint(TRUNCATE)');
      const before = files.through;
      files.follow(onProgress);
      if (files.through - before <= NEAR) break;
    }
    files.seal();
    return files.through;
  } finally {
    files.close();
  }
}

/** Which policies the graph that was put aside last is folded under, by project, as `foldedUnder` says it; undefined: none is kept. */
export const formerPolicies = (directory: string): ReadonlyMap<ProjectId, string> | undefined =>
  policiesIn(join(directory, FORMER));

/** Which policies the graph in use is folded under, by project, as `foldedUnder` says it; undefined: there is none yet. */
export const presentPolicies = (directory: string): ReadonlyMap<ProjectId, string> | undefined =>
  policiesIn(join(directory, GRAPH));

function isFoldedUnder(file: string, rules: (project: ProjectId) => Rules): boolean {
  const policies = policiesIn(file);
  return (
    policies !== undefined && [...policies].every(([project, text]) => text === foldedUnder(rules(project).policy))
  );
}

function policiesIn(file: string): ReadonlyMap<ProjectId, string> | undefined {
  if (!existsSync(file) || isOfOlderGraph(file)) return undefined;
  const db = new Database(file, { readonly: true });
  try {
    const policies = new Meta(db).withPrefix('policy:');
    return policies.size > 0 ? policies : undefined;
  } catch {
    // It cannot be read, so it is of no use.
    return undefined;
  } finally {
    db.close();
  }
}

/** Forgets a graph that was begun, or that was kept. */
export function removeGraphFile(directory: string, name: string): void {
  removeFile(join(directory, name));
}
