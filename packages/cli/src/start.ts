import type { RunningServer, ServeOptions, Surroundings } from '@selfsame/server';
import { Failure } from './failure.ts';

/** Starts a server in this process. @throws Failure for everything an operator can mend; bugs come through as they are. */
export async function start(options: ServeOptions, surroundings: Surroundings = {}): Promise<RunningServer> {
  // Loaded only here: most commands need neither SQLite nor DuckDB.
  const { startServer } = await import('@selfsame/server');
  try {
    return await startServer(options, surroundings);
  } catch (cause) {
    if (!(cause instanceof Error) || cause instanceof TypeError || cause instanceof ReferenceError) throw cause;
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new Failure(`Port ${options.port} of ${options.host} is taken. Choose another with --port.`, 1, { cause });
    // A file may be out of reach as well, and then the message names it.
    if ((code === 'EACCES' && syscall === 'listen') || code === 'EADDRNOTAVAIL')
      throw new Failure(
        `Cannot listen on ${options.host}:${options.port} (${code}). Choose others with --host and --port.`,
        1,
        { cause },
      );
    throw new Failure(cause.message, 1, { cause });
  }
}
