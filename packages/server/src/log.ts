import { type DestinationStream, type Logger, pino } from 'pino';

/**
 * The server's log: JSON lines without personal data (S40). No request is ever passed to it whole; errors keep their
 * name, code and our own frames, since a message may quote what was sent.
 */
export const createLog = (level: string, destination: DestinationStream): Logger =>
  pino(
    {
      level,
      base: null,
      hooks: {
        // An error that comes without words of ours would have pino say its own.
        logMethod(args, method) {
          if (args.length === 1 && typeof args[0] === 'object') method.call(this, args[0], 'failed');
          else method.apply(this, args);
        },
      },
      serializers: { req: () => undefined, res: () => undefined, err: quietError, error: quietError },
    },
    destination,
  );

function quietError(error: unknown): object {
  if (!(error instanceof Error)) return { name: typeof error };
  return {
    name: error.name,
    ...('code' in error ? { code: String(error.code) } : {}),
    stack: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .map((line) => line.trim()),
    ...(error.cause === undefined ? {} : { cause: quietError(error.cause) }),
  };
}
