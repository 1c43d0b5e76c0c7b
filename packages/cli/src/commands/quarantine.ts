import type { QuarantineAnswer, ReplayedAnswer } from '@selfsame/server';
import { Command } from 'commander';
import { type Connection, type ConnectionOptions, refusal, withConnection, withServer } from '../connection.ts';
import { Failure } from '../failure.ts';
import { flag } from '../flag.ts';
import { print } from '../print.ts';

type Options = ConnectionOptions & { readonly json?: boolean };
type ListOptions = Options & { readonly after: string; readonly limit: string };

/** `selfsame quarantine list | replay`: what the rules failed on, and its effect once the fault is mended. */
export function quarantineCommand(): Command {
  const command = new Command('quarantine').description(
    'What the rules failed on: kept, and without effect until then.',
  );
  command.addHelpText(
    'after',
    `
Such an item shows a fault of ours: report its failure. Once a release mends it, replay what waits.

Examples:
  selfsame quarantine list
  selfsame quarantine replay`,
  );
  const sub = (name: string) => withConnection(new Command(name)).addOption(flag('--json', 'as JSON'));
  command.addCommand(
    sub('list')
      .description('What waits, oldest first, and what the rules failed with.')
      .addOption(flag('--after <position>', 'only what came after this position of the log').default('0'))
      .addOption(flag('--limit <n>', 'at most so many').default('100'))
      .addHelpText('after', '\nExample:\n  selfsame quarantine list --limit 5')
      .action((options: ListOptions) =>
        withServer(options, async (connection) => {
          const { after, limit } = options;
          const found = (await connection.get<QuarantineAnswer>('/v1/quarantine', {
            after,
            limit,
          })) as QuarantineAnswer;
          if (options.json === true) return print(JSON.stringify(found, null, 2));
          if (found.waiting === 0) return print(`Nothing waits${wereReplayed(found)}.`);
          for (const one of found.items) print(inWords(one));
          print(`${found.waiting} wait${wereReplayed(found)}.`);
          if (found.next !== null) print(`More: --after ${found.next}`);
        }),
      ),
  );
  command.addCommand(
    sub('replay')
      .description('Have what waits decided again; what the rules still fail on stays.')
      .argument('[positions...]', 'of the log, as "list" prints them; without any, all')
      .addHelpText('after', '\nExamples:\n  selfsame quarantine replay\n  selfsame quarantine replay 1204 1207')
      .action((given: readonly string[], options: Options) =>
        withServer(options, async (connection) => {
          const done = await replay(connection, given.length === 0 ? undefined : given.map(positionOf));
          if (options.json === true) print(JSON.stringify(done, null, 2));
          else {
            for (const one of done.stay)
              print(`${one.position}  stays: ${one.failure ?? one.reason ?? one.status} [${one.rule ?? one.status}]`);
            print(`${done.replayed} replayed, ${done.waiting} wait.`);
          }
          if (done.stay.length > 0) throw new Failure('Some had no effect again.');
        }),
      ),
  );
  return command;
}

/** Replays these, or all that wait, page by page. */
async function replay(connection: Connection, given: readonly number[] | undefined): Promise<ReplayedAnswer> {
  if (given !== undefined) return replaySome(connection, given);
  let [replayed, after] = [0, 0];
  const stay: ReplayedAnswer['stay'][number][] = [];
  for (;;) {
    const query = { after: String(after), limit: '1000' };
    const page = (await connection.get<QuarantineAnswer>('/v1/quarantine', query)) as QuarantineAnswer;
    const last = page.items.at(-1);
    if (last === undefined) return { replayed, stay, waiting: page.waiting };
    const done = await replaySome(
      connection,
      page.items.map(({ position }) => position),
    );
    replayed += done.replayed;
    stay.push(...done.stay);
    after = last.position;
  }
}

async function replaySome(connection: Connection, positions: readonly number[]): Promise<ReplayedAnswer> {
  const answer = await connection.send('/v1/quarantine/replay', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ positions }),
  });
  if (!answer.ok) throw await refusal(answer);
  return (await answer.json()) as ReplayedAnswer;
}

function positionOf(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new Failure(`${text} is no position: "selfsame quarantine list" prints them.`, 2);
  return Number(text);
}

const wereReplayed = ({ replayed }: QuarantineAnswer): string => (replayed === 0 ? '' : `, ${replayed} were replayed`);

function inWords({ position, at, wire, type, name, failure, reason }: QuarantineAnswer['items'][number]): string {
  return `${position}  ${at}  ${wire} ${type}${name === null ? '' : ` ${JSON.stringify(name)}`}: ${failure ?? reason}`;
}
