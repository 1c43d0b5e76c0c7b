import { Command } from 'commander';
import { Failure } from '../failure.ts';
import { flag } from '../flag.ts';
import { print } from '../print.ts';
import { startProgress } from '../progress.ts';

/** `selfsame doctor`: reads a whole data directory and compares everything with its checksums (G3). */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Check a data directory for damage. Changes nothing; a server may be running on it.')
    .addOption(flag('--data <dir>', 'the data directory', './data'))
    .addOption(flag('--json', 'as JSON'))
    .addHelpText(
      'after',
      `
The exit code is 0 when everything matches its checksum and 1 when something does not.

Example:
  selfsame doctor --data /var/lib/selfsame`,
    )
    .action(async ({ data, json }: { readonly data: string; readonly json?: boolean }) => {
      const { checkStore } = await import('@selfsame/store-embedded');
      const { StoreError } = await import('@selfsame/store');
      const bar = startProgress(1);
      const report = await checkStore(data, (done, total) => bar.show(done / Math.max(total, 1), done))
        .catch((cause: unknown) => {
          throw cause instanceof StoreError ? new Failure(`${cause.message}. Check --data.`, 2, { cause }) : cause;
        })
        .finally(() => bar.stop());
      if (json === true) print(JSON.stringify(report, null, 2));
      else for (const { part, what, mend } of report.damages) print(`${part}: ${what}\n    to mend it: ${mend}`);
      if (report.damages.length > 0) throw new Failure(`${report.damages.length} damages found in ${data}.`);
      if (json !== true)
        print(
          `${report.records.toLocaleString('en')} log records and ${report.nodes.toLocaleString('en')} identifiers, all as they were written.`,
        );
    });
}
