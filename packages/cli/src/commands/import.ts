import { readFileSync, statSync } from 'node:fs';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { type Connection, type ConnectionOptions, withConnection, withServer } from '../connection.ts';
import { Failure } from '../failure.ts';
import { flag, wholeNumber } from '../flag.ts';
import { anonymousIds } from '../import/anonymous-ids.ts';
import { Batches } from '../import/batches.ts';
import { type CsvMapping, parseMapping } from '../import/csv-mapping.ts';
import { formatCalled, formatNames, formatOf, outgoing } from '../import/format.ts';
import { openProgress } from '../import/progress-file.ts';
import { openRefused, unwrapped } from '../import/refused-file.ts';
import { sendTogether } from '../import/send.ts';
import { Tally } from '../import/tally.ts';
import { startProgress } from '../progress.ts';
import { type ItemFile, openItems } from '../read-items.ts';

interface ImportOptions extends ConnectionOptions {
  readonly wire?: string;
  readonly batch: number;
  readonly zone?: string;
  readonly mapping?: string;
}

/** `selfsame import`: a file of items into a running server. */
export function importCommand(): Command {
  return withConnection(
    new Command('import')
      .description('Import a file of events, profiles or native items, as it is, gzipped or packed with zstd.')
      .addArgument(new Argument('<file>', 'NDJSON, a JSON array, Snowplow’s TSV, or CSV with --mapping'))
      .addOption(
        flag('--wire <format>', 'how the items are written; otherwise told from the first one').choices(formatNames),
      )
      .addOption(flag('--batch <n>', 'items a request', 1000).argParser(wholeNumber(1, 2000)))
      .addOption(
        flag('--zone <name>', "the zone of the project, for Mixpanel's events kept before 2023").argParser(zone),
      )
      .addOption(flag('--mapping <file>', 'what the columns of a CSV file mean, JSON')),
  )
    .addHelpText(
      'after',
      `
An import that was stopped goes on where it stopped when it is started again; repeated items have no second effect.
What is not taken is written to FILE.refused.ndjson with its line and the reason: mend it there and import that file.

Examples:
  selfsame import events.ndjson.gz --project demo
  selfsame import mixpanel-export.json --zone America/New_York --config shop.json --project shop
  selfsame import customers.csv --mapping customers.mapping.json

docs/guides/import.md has each format.`,
    )
    .action(async (file: string, options: ImportOptions) => {
      const mapping = options.mapping === undefined ? undefined : readMapping(options.mapping);
      const items = await openItems(file, mapping);
      await withServer(options, (connection) => importItems(items, file, options, mapping, connection));
    });
}

async function importItems(
  items: ItemFile,
  file: string,
  options: ImportOptions,
  mapping: CsvMapping | undefined,
  connection: Connection,
): Promise<void> {
  const { id, publicKey: token } = connection.project;
  const progress = openProgress(file, options.offline ? `${options.data} ${id}` : `${options.url} ${id}`);
  const goesOn = progress.done > 0;
  if (goesOn) process.stderr.write(`Going on after ${progress.done.toLocaleString('en')} items.\n`);
  const refused = openRefused(file, goesOn);
  const { size } = statSync(file);
  const bar = startProgress(size);
  const tally = new Tally(refused);
  const batches = new Batches(options.batch);
  let anonymous: ReadonlySet<string> | undefined;
  let format = formatCalled(
    mapping !== undefined ? 'csv' : items.shape === 'json' ? (options.wire ?? '') : items.shape,
  );
  try {
    for await (const item of items) {
      if (item.number <= progress.done) continue;
      if ('problem' in item) {
        if (item.number === 1 && isTable(item.text))
          throw new Failure(
            `${file} is a table. Say what its columns mean with --mapping FILE: docs/guides/import.md.`,
            2,
          );
        tally.add('unreadable', { number: item.number, value: item.text }, item.problem);
        continue;
      }
      const { value, number } = unwrapped(item.value, item.number);
      format ??= formatOf(value);
      if (format === undefined)
        throw new Failure(`What is ${file} written in? Say it with --wire: ${formatNames.join(', ')}.`, 2);
      anonymous ??= (await anonymousIds(format, file, mapping)) ?? new Set();
      const reading = { number, token, zone: options.zone, mapping, anonymous };
      const made = outgoing(format, value, reading, item.number);
      if ('problem' in made) {
        tally.add('unreadable', { number: item.number, value }, made.problem);
        continue;
      }
      for (const next of made) {
        const request = batches.add(next);
        if (request.length === 0) continue;
        await sendTogether(connection, request, tally);
        // A line's later parts may still wait, so that line is not done.
        progress.save((request.at(-1)?.source.number ?? 1) - 1);
        bar.show(items.bytesRead(), tally.total);
      }
    }
    await sendTogether(connection, batches.take(), tally);
    bar.show(size, tally.total);
  } finally {
    bar.stop();
  }
  progress.finish();
  refused.finish();
  process.stdout.write(`${file}: ${tally}\n`);
  for (const reason of tally.reasons) process.stderr.write(`  ${reason}\n`);
  if (tally.refused > 0)
    throw new Failure(
      `${tally.refused.toLocaleString('en')} items were not taken; the first are above, all are in ${refused.path}.`,
    );
}

/** Is this the first line of a table? JSON that is cut would begin with a bracket or a quote. */
const isTable = (line: string): boolean => /^[^[{"<]*[,;\t]/.test(line) || /^"[^"{]*"\s*[,;\t]/.test(line);

function zone(name: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name;
  } catch {
    throw new InvalidArgumentError('It must be a time zone such as Europe/Berlin.');
  }
}

function readMapping(file: string): CsvMapping {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Failure(`${file} cannot be read as JSON: ${(cause as Error).message}`, 2, { cause });
  }
  return parseMapping(value, file);
}
