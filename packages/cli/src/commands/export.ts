import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { type ConnectionOptions, refusal, withConnection, withServer } from '../connection.ts';
import { Failure } from '../failure.ts';
import { flag, wholeNumber } from '../flag.ts';
import { OWN_FILE } from '../own-file.ts';

interface ExportOptions extends ConnectionOptions {
  readonly after: number;
  readonly limit?: number;
  readonly out?: string;
}

/** `selfsame export`: the log of a project, one entry a line. */
export function exportCommand(): Command {
  const position = wholeNumber(0, Number.MAX_SAFE_INTEGER);
  return withConnection(new Command('export'))
    .description('Write the log of a project as NDJSON, oldest first.')
    .addOption(flag('--after <position>', 'begin after this position', 0).argParser(position))
    .addOption(flag('--limit <n>', 'at most so many entries').argParser(position))
    .addOption(flag('--out <file>', 'write here instead of to standard output'))
    .addHelpText(
      'after',
      `
What it writes, import reads: the other project comes to the same people, what a page said and what a backend said kept
apart. Entries that our items have no word for (mParticle's directory, Mixpanel's original merge) are named then; a whole
project moves with selfsame backup.

Examples:
  selfsame export --project demo | gzip > log.ndjson.gz
  selfsame import log.ndjson.gz --url https://other.example.com --server-key …`,
    )
    .action((options: ExportOptions) =>
      withServer(options, async ({ send }) => {
        const limit = options.limit === undefined ? '' : `&limit=${options.limit}`;
        const answer = await send(`/v1/log?after=${options.after}${limit}`, {});
        if (!answer.ok || answer.body === null) throw await refusal(answer);
        const to = options.out === undefined ? process.stdout : createWriteStream(options.out, OWN_FILE);
        try {
          await pipeline(Readable.fromWeb(answer.body), to, { end: options.out !== undefined });
        } catch (cause) {
          // Whoever read us has seen enough (`| head`).
          if ((cause as NodeJS.ErrnoException).code === 'EPIPE') return;
          throw new Failure(`The export broke off: ${(cause as Error).message}`, 1, { cause });
        }
      }),
    );
}
