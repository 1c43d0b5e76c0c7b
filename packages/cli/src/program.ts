import { Command } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { backupCommand } from './commands/backup.ts';
import { claimsCommand } from './commands/claims.ts';
import { connectionsCommand } from './commands/connections.ts';
import { doctorCommand } from './commands/doctor.ts';
import { explainCommand } from './commands/explain.ts';
import { exportCommand } from './commands/export.ts';
import { importCommand } from './commands/import.ts';
import { keysCommand } from './commands/keys.ts';
import { outputsCommand } from './commands/outputs.ts';
import { peopleCommand } from './commands/people.ts';
import { policyCommand } from './commands/policy.ts';
import { quarantineCommand } from './commands/quarantine.ts';
import { restoreCommand } from './commands/restore.ts';
import { scoreCommand } from './commands/score.ts';
import { serveCommand } from './commands/serve.ts';
import { signCommand } from './commands/sign.ts';
import { simulateCommand } from './commands/simulate.ts';
import { simulatePolicyCommand } from './commands/simulate-policy.ts';
import { suspiciousCommand } from './commands/suspicious.ts';
import { testCommand } from './commands/test.ts';
import { verifyCommand } from './commands/verify.ts';

/** The whole command line. Ends by throwing (`exitOverride`), so that tests and `main` decide about the process. */
export function createProgram(): Command {
  const program = new Command('selfsame')
    .description('Who is this, really? A self-hosted identity server for event data.')
    .version(manifest.version)
    .addHelpText('after', '\nEvery option can also be given in the environment: --data as SELFSAME_DATA, and so on.')
    .addHelpText('after', 'Exit codes: 0 well, 1 not well, 2 asked in a wrong way.')
    .addHelpText('after', '\nExamples:\n  selfsame serve\n  selfsame simulate\n  selfsame import --help')
    .exitOverride();
  for (const command of [
    serveCommand(),
    simulateCommand(),
    importCommand(),
    exportCommand(),
    peopleCommand(),
    explainCommand(),
    claimsCommand(),
    suspiciousCommand(),
    quarantineCommand(),
    outputsCommand(),
    connectionsCommand(),
    verifyCommand(),
    policyCommand(),
    simulatePolicyCommand(),
    scoreCommand(),
    testCommand(),
    doctorCommand(),
    backupCommand(),
    restoreCommand(),
    keysCommand(),
    signCommand(),
  ])
    program.addCommand(inherit(command, program));
  return program;
}

/** What holds for the program holds for its commands. */
function inherit(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const one of command.commands) inherit(one, command);
  return command;
}
