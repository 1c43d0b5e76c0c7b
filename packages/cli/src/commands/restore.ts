import { Command } from 'commander';
import { dataFailure } from '../data-failure.ts';
import { flag, wholeNumber } from '../flag.ts';
import { print } from '../print.ts';
import { showSteps } from '../steps.ts';

/** `selfsame restore`: a data directory made of a backup, compared with what the backup says of itself (G23). */
export function restoreCommand(): Command {
  return new Command('restore')
    .description('Make a data directory of a backup, and see that it is as it was made.')
    .argument('<backup>', 'a directory that `selfsame backup` has written')
    .addOption(flag('--data <dir>', 'the new data directory; empty or not there yet', './data'))
    .addOption(
      flag('--through <position>', 'as it was at this position of the log, instead of at its end').argParser(
        wholeNumber(1, Number.MAX_SAFE_INTEGER),
      ),
    )
    .addHelpText(
      'after',
      `
Every file is compared with its hash, and the log is folded again: the people must be those of the backup. Then start
the server on the directory, with the settings file it had. What came after the backup is not in it; what outputs are
told from here on has ids of its own. With --through the log ends there; items that left no record in it are then
counted no more. The lines of selfsame export show positions and times.

Examples:
  selfsame restore /backup/selfsame-2026-11-28 --data /var/lib/selfsame
  selfsame restore /backup/selfsame-2026-11-28 --data ./before-the-mistake --through 120000`,
    )
    .action(async (from: string, { data, through }: { readonly data: string; readonly through?: number }) => {
      process.umask(0o077);
      const { restoreData } = await import('@selfsame/store-embedded');
      const { deriveIn } = await import('@selfsame/server');
      const steps = showSteps({ copy: 'Copying files', fold: 'Folding the log' });
      try {
        const { position, madeAt, folds } = await restoreData({
          from,
          to: data,
          deriveIn,
          ...(through === undefined ? {} : { through }),
          onStep: steps.onStep,
        });
        steps.stop();
        const how = folds === undefined ? 'its checksums match' : 'the people in it are those it was made with';
        const all = position.toLocaleString('en');
        print(
          through === undefined
            ? `${data}: ${all} log records as of ${madeAt}; ${how}`
            : `${data}: ${through.toLocaleString('en')} log records, of ${all} in the backup of ${madeAt}`,
        );
      } catch (cause) {
        steps.stop();
        throw dataFailure(cause);
      }
    });
}
