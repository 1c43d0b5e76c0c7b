import { Failure } from './failure.ts';

/** Runs outputs in this process until SIGTERM or SIGINT. @throws Failure for everything an operator can mend. */
export async function runOutputs(options: { readonly config?: string; readonly data: string }): Promise<void> {
  const { startOutputsProcess } = await import('@selfsame/server');
  try {
    await startOutputsProcess(options);
  } catch (cause) {
    if (!(cause instanceof Error) || cause instanceof TypeError || cause instanceof ReferenceError) throw cause;
    throw new Failure(cause.message, 1, { cause });
  }
}
