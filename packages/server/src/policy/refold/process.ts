import { constants, setPriority } from 'node:os';
import { foldBeside } from '@selfsame/store-embedded';
import { personIds } from '../../settings/person-ids.ts';
import type { RefoldTask, RefoldWord } from './words.ts';

/** A process of its own that folds the log under another policy while the server goes on; it comes last on the processor. */
const say = (word: RefoldWord, then?: () => void): void => void process.send?.(word, undefined, undefined, then);

/** Between two words on how far it is, ms. */
const PAUSE = 100;

function refold({ directory, secret, policies, otherwise }: RefoldTask): RefoldWord {
  const derive = personIds(secret);
  let said = performance.now();
  const through = foldBeside(
    directory,
    (project) => ({ policy: policies.get(project) ?? otherwise, derive }),
    (done, total) => {
      if (performance.now() - said < PAUSE) return;
      said = performance.now();
      say({ type: 'progress', done, total });
    },
  );
  return { type: 'folded', through };
}

process.once('message', (task: RefoldTask) => {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  let word: RefoldWord;
  try {
    word = refold(task);
  } catch (error) {
    word = { type: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
  say(word, () => process.disconnect?.());
});
// A server that is gone takes no graph over.
process.once('disconnect', () => process.exit());
