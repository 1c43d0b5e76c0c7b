import type { Settings } from '@selfsame/server';
import type { CheckReport } from '@selfsame/store-embedded';
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
    .addOption(flag('--config <file>', 'also say what the settings file leaves more open than what has come needs'))
    .addOption(flag('--json', 'as JSON'))
    .addHelpText(
      'after',
      `
The exit code is 0 when everything matches its checksum and 1 when something does not; advice does not change it.

Examples:
  selfsame doctor --data /var/lib/selfsame
  selfsame doctor --data /var/lib/selfsame --config /etc/selfsame.json`,
    )
    .action(async ({ data, config, json }: DoctorFlags) => {
      const { checkStore } = await import('@selfsame/store-embedded');
      const { StoreError } = await import('@selfsame/store');
      const settings = config === undefined ? undefined : await readSettings(data, config);
      const bar = startProgress(1);
      const report = await checkStore(data, (done, total) => bar.show(done / Math.max(total, 1), done))
        .catch((cause: unknown) => {
          throw cause instanceof StoreError ? new Failure(`${cause.message}. Check --data.`, 2, { cause }) : cause;
        })
        .finally(() => bar.stop());
      const advice = settings === undefined ? [] : await adviceOn(settings, report.counts);
      if (json === true) print(JSON.stringify({ ...report, advice }, null, 2));
      else for (const { part, what, mend } of report.damages) print(`${part}: ${what}\n    to mend it: ${mend}`);
      if (report.damages.length > 0) throw new Failure(`${report.damages.length} damages found in ${data}.`);
      if (json !== true)
        print(
          `${report.records.toLocaleString('en')} log records and ${report.nodes.toLocaleString('en')} identifiers, all as they were written.`,
        );
      if (json !== true) for (const one of advice) print(one);
    });
}

interface DoctorFlags {
  readonly data: string;
  readonly config?: string;
  readonly json?: boolean;
}

async function readSettings(data: string, file: string): Promise<Settings> {
  const { ConfigError, settingsFor } = await import('@selfsame/server');
  try {
    return settingsFor(data, file);
  } catch (error) {
    throw error instanceof ConfigError ? new Failure(error.message, 2, { cause: error }) : error;
  }
}

/** One sentence a project that answers on wires it has no use for. */
async function adviceOn({ projects }: Settings, counts: CheckReport['counts']): Promise<readonly string[]> {
  const { narrowing } = await import('@selfsame/server');
  return projects.flatMap((project) => {
    const write = narrowing(project, counts);
    return write === undefined
      ? []
      : [
          `advice: the project ${project.id} answers on every wire, and the weakest decides what a stranger may say. Add to its settings, with other wires if you mean to use them:\n    ${write}`,
        ];
  });
}
