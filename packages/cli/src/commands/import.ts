import { statSync } from 'node:fs';
import { Argument, Command } from 'commander';
import { type Connection, type ConnectionOptions, withConnection, withServer } from '../connection.ts';
import { Failure } from '../failure.ts';
import { flag, wholeNumber } from '../flag.ts';
import { Batches } from '../import/batches.ts';
import { outgoing, type Wire, wireOf } from '../import/format.ts';
import { openProgress } from '../import/progress-file.ts';
import { sendTogether } from '../import/send.ts';
import { Tally } from '../import/tally.ts';
import { startProgress } from '../progress.ts';
import { type ItemFile, openItems } from '../read-items.ts';

interface ImportOptions extends ConnectionOptions {
  readonly wire?: Wire;
  readonly batch: number;
}

/** `selfsame import`: a file of items into a running server. */
export function importCommand(): Command {
  return withConnection(
    new Command('import')
      .description('Import a file: NDJSON or a JSON array, gzipped or not.')
      .addArgument(new Argument('<file>', 'the file'))
      .addOption(
        flag('--wire <wire>', 'how the items are written; otherwise told from the first one').choices([
          'native',
          'mixpanel',
        ]),
      )
      .addOption(flag('--batch <n>', 'items a request', 1000).argParser(wholeNumber(1, 2000))),
  )
    .addHelpText(
      'after',
      `
An import that was stopped goes on where it stopped when it is started again; repeated items have no second effect.

Examples:
  selfsame import events.ndjson.gz --project demo
  selfsame import mixpanel-export.json --wire mixpanel --config shop.json --project shop`,
    )
    .action(async (file: string, options: ImportOptions) => {
      const items = await openItems(file);
      await withServer(options, (connection) => importItems(items, file, options, connection));
    });
}

async function importItems(
  items: ItemFile,
  file: string,
  options: ImportOptions,
  connection: Connection,
): Promise<void> {
  const { id, publicKey: token } = connection.project;
  const progress = openProgress(file, options.offline ? `${options.data} ${id}` : `${options.url} ${id}`);
  if (progress.done > 0) process.stderr.write(`Going on after ${progress.done.toLocaleString('en')} items.\n`);
  const bar = startProgress(statSync(file).size);
  const tally = new Tally();
  const batches = new Batches(options.batch);
  let wire = options.wire;
  try {
    for await (const item of items) {
      if (item.number <= progress.done) continue;
      wire ??= 'value' in item ? wireOf(item.value) : undefined;
      if (wire === undefined)
        throw new Failure(`What is ${file} written in? Say it with --wire native or --wire mixpanel.`, 2);
      const next = 'problem' in item ? item : outgoing({ value: item.value, number: item.number, wire, token });
      if ('problem' in next) {
        tally.add('unreadable', item.number, next.problem);
        continue;
      }
      const request = batches.add(next);
      if (request.length === 0) continue;
      await sendTogether(connection, request, tally);
      progress.save(request.at(-1)?.number ?? 0);
      bar.show(items.bytesRead(), tally.total);
    }
    await sendTogether(connection, batches.take(), tally);
  } finally {
    bar.stop();
  }
  progress.finish();
  process.stdout.write(`${file}: ${tally}\n`);
  for (const reason of tally.reasons) process.stderr.write(`  ${reason}\n`);
  if (tally.refused > 0)
    throw new Failure(`${tally.refused.toLocaleString('en')} items were not taken; the first are above.`);
}
