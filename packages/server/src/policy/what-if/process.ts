import { constants, setPriority } from 'node:os';
import { type MemoryGraph, step } from '@selfsame/identity';
import type { Decided } from '@selfsame/store';
import { readBeside } from '@selfsame/store-embedded';
import type { SimulationResult } from '../../api.ts';
import { personIds } from '../../settings/person-ids.ts';
import { differences } from './difference.ts';
import { KnownTruth } from './known-truth.ts';
import { foldLog, lookAt, type Takes, Telling } from './outlook.ts';
import { answersIn, besideEachOther } from './questions.ts';
import { resultOf } from './result.ts';
import type { Task, Word } from './words.ts';

/**
 * A process of its own that folds a project's log under other policies and says what would be different. It reads the
 * truth's file beside the server and writes nothing. Whoever is answered comes first: it runs at low priority.
 */
const say = (word: Word): void => void process.send?.(word);

/** Between two words on how far it is, ms. */
const PAUSE = 100;

async function simulate(task: Task): Promise<void> {
  const { directory, project, through, present, others, fromTheStart, truth, undo, entry, questions } = task;
  const derive = personIds(task.secret);
  // Each reading is a read of the log for its graph, and one more for the columns that questions are asked of.
  const reads = (1 + others.length) * (questions.length > 0 ? 2 : 1);
  let read = 0;
  let said = performance.now();
  const onRead = (position: number) => {
    if (performance.now() - said < PAUSE) return;
    said = performance.now();
    say({ type: 'progress', done: (read + position / through) / reads });
  };
  const under = (policy: Task['present'], takeDown?: Takes) => {
    const log = readBeside(directory, project, through, onRead);
    const isOther = takeDown === undefined;
    const entries = fromTheStart && isOther ? asked(log) : log;
    const undos = isOther && undo !== undefined ? [...task.undos, undo] : task.undos;
    const graph = foldLog(entries, undos, { policy, derive }, takeDown);
    if (isOther && entry !== undefined) step(graph, { policy, derive }, entry);
    read += 1;
    return graph;
  };
  const answers = async (graph: MemoryGraph, policy: Task['present']) => {
    const readAfter = (after: number) => readBeside(directory, project, through, () => {}, after);
    const reading = { project, policy, graph, head: through, read: readAfter, onProgress: onRead, place: task.scratch };
    const answered = await answersIn(reading, questions);
    if (questions.length > 0) read += 1;
    return answered;
  };
  // The graph of today is let go before another is made.
  const today = async () => {
    const telling = new Telling();
    const known = truth === undefined ? undefined : new KnownTruth(truth);
    const graph = under(present, {
      take(...read) {
        telling.take(...read);
        known?.take(...read);
      },
    });
    const told = telling.told(graph.undone);
    const judge = known?.judge(graph.undone);
    return {
      ...{ told, judge, before: lookAt(graph, present, told), quality: judge?.(graph, present) },
      answered: await answers(graph, present),
    };
  };
  const { told, judge, before, quality, answered } = await today();
  const results: SimulationResult[] = [];
  for (const policy of others) {
    const graph = under(policy);
    const after = lookAt(graph, policy, told);
    const result = resultOf(policy, graph, [before, after], differences(before, after, told, policy), task.changes);
    const then = await answers(graph, policy);
    results.push({
      ...result,
      ...(then.length === 0 ? {} : { questions: besideEachOther(answered, then, task.isWhole) }),
      ...(quality === undefined || judge === undefined
        ? {}
        : { quality: { before: quality, after: judge(graph, policy) } }),
    });
  }
  say({ type: 'done', results });
}

/** Entries without the settings under which the directory answered them. */
function* asked(log: Iterable<Decided>): Generator<Decided> {
  for (const { entry, verdict } of log) {
    const { directory: _settings, ...rest } = entry;
    yield { entry: rest, verdict };
  }
}

process.once('message', (task: Task) => {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  simulate(task)
    .catch((error: unknown) => say({ type: 'failed', reason: error instanceof Error ? error.message : String(error) }))
    .finally(() => process.disconnect?.());
});
// A server that is gone needs no answer.
process.once('disconnect', () => process.exit());
