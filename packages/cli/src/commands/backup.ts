import { Command } from 'commander';
import { dataFailure } from '../data-failure.ts';
import { flag } from '../flag.ts';
import { print } from '../print.ts';
import { showSteps } from '../steps.ts';

interface BackupCommandOptions {
  readonly data: string;
  readonly config?: string;
  readonly quick?: boolean;
}

/** `selfsame backup`: a copy of a data directory, while a server may be at work on it (G23). */
export function backupCommand(): Command {
  return new Command('backup')
    .description('Copy a data directory while the server runs, or when it does not.')
    .argument('<directory>', 'the backup; nothing may be there yet')
    .addOption(flag('--data <dir>', 'the data directory', './data'))
    .addOption(flag('--config <file>', "the server's settings file: its policies are those the copy is folded by"))
    .addOption(flag('--quick', 'compare checksums only; do not fold the copy'))
    .addHelpText(
      'after',
      `
Everything that was acknowledged before the command began is in the backup. Every log record is compared with its
checksum, and the copy is folded to see that it gives a graph; its hash is what \`selfsame restore\` compares with. The
backup has its name only once it is whole: what a broken-off one leaves ends in .part and is used again.
It holds secrets.json, without which all people would have other ids: keep it as safe as the data. The settings file is
not in it, nor is the key of the secrets, if they are locked: keep both. Run it as the user that the server runs as. Folding takes about as long as a server's start without graph.db;
--quick leaves it out.

Examples:
  selfsame backup /backup/selfsame-$(date +%F) --data /var/lib/selfsame --config /etc/selfsame/settings.json
  selfsame backup /backup/before-upgrade --quick`,
    )
    .action(async (to: string, { data, config, quick }: BackupCommandOptions) => {
      process.umask(0o077);
      const { backupData } = await import('@selfsame/store-embedded');
      const { rulesIn } = await import('@selfsame/server');
      const steps = showSteps({ copy: 'Copying the log', fold: 'Folding the copy' });
      try {
        const { position, folds } = await backupData({
          from: data,
          to,
          ...(quick === true ? {} : { rulesIn: (directory: string) => rulesIn(directory, config) }),
          now: Date.now(),
          onStep: steps.onStep,
        });
        steps.stop();
        print(`${to}: ${position.toLocaleString('en')} log records`);
        for (const { project, people, digest } of folds ?? [])
          print(`  ${project}: ${people.toLocaleString('en')} people, ${digest}`);
      } catch (cause) {
        steps.stop();
        throw dataFailure(cause);
      }
    });
}
