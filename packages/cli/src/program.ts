import { Command } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { serveCommand } from './commands/serve.ts';

/** The whole command line. Ends by throwing (`exitOverride`), so that tests and `main` decide about the process. */
export function createProgram(): Command {
  const program = new Command('selfsame')
    .description('Who is this, really? A self-hosted identity server for event data.')
    .version(manifest.version)
    .showHelpAfterError('(selfsame <command> --help says more)')
    .addHelpText('after', '\nEvery option can also be given in the environment: --data as SELFSAME_DATA, and so on.');
  program.addCommand(serveCommand());
  for (const one of [program, ...program.commands]) one.exitOverride();
  return program;
}
