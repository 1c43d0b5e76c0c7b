import { createHash } from 'node:crypto';
import {
  foldedUnder,
  type Node,
  type Policy,
  type ProjectId,
  peopleIn,
  personText,
  type Rules,
} from '@selfsame/identity';
import { decodeNode, type NodeRow } from '../graph/node-row.ts';
import { OpenFiles } from '../open-files.ts';

/** What the log says of one project's people, in a hash. */
export interface FoldDigest {
  readonly project: ProjectId;
  /** The rules it was folded by, and what of them the result depends on in the program that folded it. */
  readonly policy: Policy;
  readonly under: string;
  readonly people: number;
  /** Hex; the same for every fold of the same log under the same rules. */
  readonly digest: string;
}

/**
 * Folds the log of a closed store by itself and says who is who in it (G7), leaving `graph.db` as it came out. Memory
 * stays bounded, however many people there are.
 * @throws StoreError when the log is damaged.
 */
export function foldDigests(
  directory: string,
  rules: (project: ProjectId) => Rules,
  onProgress: (done: number, total: number) => void,
): readonly FoldDigest[] {
  const files = new OpenFiles(directory, {
    rules,
    onReplay: onProgress,
    rebuild: true,
    reading: (read) => read(),
  });
  try {
    files.checkpointNow();
    return files.graph
      .prepare<[], { project: ProjectId }>('SELECT DISTINCT project FROM nodes ORDER BY project')
      .all()
      .map(({ project }) => digestOf(files, project, rules(project).policy));
  } finally {
    files.close();
  }
}

function digestOf(files: OpenFiles, project: ProjectId, policy: Policy): FoldDigest {
  // The sum of everybody's hashes needs no order, and so no list of all people.
  const sum = new Uint8Array(32);
  let people = 0;
  for (const person of peopleIn(files.cache.project(project), policy, nodesOf(files, project))) {
    const hash = createHash('sha256').update(personText(person)).digest();
    let carry = 0;
    for (let i = 31; i >= 0; i--) {
      carry += (sum[i] ?? 0) + (hash[i] ?? 0);
      sum[i] = carry;
      carry >>= 8;
    }
    people += 1;
  }
  return { project, policy, under: foldedUnder(policy), people, digest: Buffer.from(sum).toString('hex') };
}

function* nodesOf({ graph }: OpenFiles, project: ProjectId): Generator<Node> {
  const page = graph.prepare<[string, number], NodeRow>(
    'SELECT * FROM nodes WHERE project = ? AND number > ? ORDER BY number LIMIT 1000',
  );
  for (let last = 0; ; ) {
    const rows = page.all(project, last);
    if (rows.length === 0) return;
    for (const row of rows) yield decodeNode(row);
    last = rows.at(-1)?.number ?? last;
  }
}
