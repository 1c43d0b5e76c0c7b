import { CommanderError } from 'commander';
import { Failure } from './failure.ts';
import { createProgram } from './program.ts';

/** Runs one command line, `argv` without node and script. Answers the exit code: 0 well · 1 not well · 2 asked wrongly. */
export async function main(argv: readonly string[]): Promise<number> {
  process.stdout.on('error', leaveWithReader);
  try {
    await createProgram().parseAsync([...argv], { from: 'user' });
    // A command may have found something that is news and no failure, such as two people where one was expected.
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has already said what is wrong; help and version end this way too, with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Failure) {
      process.stderr.write(`selfsame: ${error.message}\n`);
      return error.exitCode;
    }
    throw error;
  }
}

/** A reader such as `head` has seen enough, and closes its end: nothing is wrong, and nobody is there to be told. */
function leaveWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}
