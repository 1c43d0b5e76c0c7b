import { constants, setPriority } from 'node:os';
import type { Decided } from '@selfsame/store';
import { readBeside } from '@selfsame/store-embedded';
import { personIds } from '../../settings/person-ids.ts';
import { differences } from './difference.ts';
import { KnownTruth } from './known-truth.ts';
import { foldLog, lookAt, type Takes, Telling } from './outlook.ts';
import { resultOf } from './result.ts';
import type { Task, Word } from './words.ts';

/**
 * A process of its own that folds a project's log under other policies and says what would be different. It reads the
 * truth's file beside the server and writes nothing. Whoever is answered comes first: it runs at low priority.
 */
const say = (word: Word): void => void process.send?.(word);

/** Between two words on how far it is, ms. */
const PAUSE = 100;

function simulate(task: Task): void {
  const { directory, project, through, undos, present, others, fromTheStart, truth } = task;
  const derive = personIds(task.secret);
  let folds = 0;
  let said = performance.now();
  const onRead = (position: number) => {
    if (performance.now() - said < PAUSE) return;
    said = performance.now();
    say({ type: 'progress', done: (folds + position / through) / (1 + others.length) });
  };
  const under = (policy: Task['present'], takeDown?: Takes) => {
    const log = readBeside(directory, project, through, onRead);
    const entries = fromTheStart && takeDown === undefined ? asked(log) : log;
    const graph = foldLog(entries, undos, { policy, derive }, takeDown);
    folds += 1;
    return graph;
  };
  // The graph of today is let go before another is made.
  const today = () => {
    const telling = new Telling();
    const known = truth === undefined ? undefined : new KnownTruth(truth);
    const graph = under(present, {
      take(...read) {
        telling.take(...read);
        known?.take(...read);
      },
    });
    const { told } = telling;
    const judge = known?.judge();
    return { told, judge, before: lookAt(graph, present, told), quality: judge?.(graph, present) };
  };
  const { told, judge, before, quality } = today();
  const results = others.map((policy) => {
    const graph = under(policy);
    const after = lookAt(graph, policy, told);
    const result = resultOf(policy, graph, [before, after], differences(before, after, told, policy), task.changes);
    if (quality === undefined || judge === undefined) return result;
    return { ...result, quality: { before: quality, after: judge(graph, policy) } };
  });
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
  try {
    simulate(task);
  } catch (error) {
    say({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect?.();
});
// A server that is gone needs no answer.
process.once('disconnect', () => process.exit());
