import { setTimeout as pause } from 'node:timers/promises';
import type { PolicyHistoryAnswer } from '@selfsame/server';
import { Command } from 'commander';
import { type Connection, type ConnectionOptions, refusal, withConnection, withServer } from '../connection.ts';
import { Failure } from '../failure.ts';
import { flag } from '../flag.ts';
import { print } from '../print.ts';
import { startProgress } from '../progress.ts';

type Options = ConnectionOptions & { readonly json?: boolean };
type RestoreOptions = Options & { readonly reason?: string };
type Entry = PolicyHistoryAnswer['entries'][number];

/** Between two questions how far a change is, ms. */
const PAUSE = 200;

/** `selfsame policy show | history | restore`: the rules of a project, those it had before, and back to one of them. */
export function policyCommand(): Command {
  const command = new Command('policy').description('The rules of a project, and those it had before.');
  command.addHelpText(
    'after',
    `
"selfsame simulate-policy" tries another policy first; PUT /v1/policy and the console change it.

Examples:
  selfsame policy show
  selfsame policy history
  selfsame policy restore 3 --reason "the tablets were right before"`,
  );
  const sub = (name: string) => withConnection(new Command(name)).addOption(flag('--json', 'as JSON'));
  command.addCommand(
    sub('show')
      .description('The policy in force, and whether the settings file or an operator chose it.')
      .addHelpText('after', '\nExample:\n  selfsame policy show --json')
      .action((options: Options) =>
        withServer(options, async (connection) => {
          const policy = await connection.get('/v1/policy');
          if (options.json !== true) print(ruler(await historyOf(connection)));
          print(JSON.stringify(policy, null, 2));
        }),
      ),
  );
  command.addCommand(
    sub('history')
      .description('Which policy the project had since when, newest first: by whom, what was different, and why.')
      .addHelpText('after', '\nExample:\n  selfsame policy history')
      .action((options: Options) =>
        withServer(options, async (connection) => {
          const history = await historyOf(connection);
          if (options.json === true) return print(JSON.stringify(history, null, 2));
          print([ruler(history), ...history.entries.map(inWords)].join('\n'));
        }),
      ),
  );
  command.addCommand(
    sub('restore')
      .description('Go back to the policy of an entry of the history; that is an entry too.')
      .argument('<number>', 'of the entry, as "selfsame policy history" prints it')
      .addOption(flag('--reason <text>', 'why; kept with it'))
      .addHelpText('after', '\nExample:\n  selfsame policy restore 3 --reason "it was right before"')
      .action((number: string, options: RestoreOptions) =>
        withServer(options, async (connection) => {
          await restore(connection, number, options);
          const [now] = (await historyOf(connection)).entries;
          if (options.json === true) return print(JSON.stringify(now, null, 2));
          print(now === undefined ? 'Nothing was changed.' : inWords(now));
        }),
      ),
  );
  return command;
}

async function restore(connection: Connection, number: string, { reason, json }: RestoreOptions): Promise<void> {
  if (!/^[1-9]\d*$/.test(number))
    throw new Failure(`${number} is no number of an entry: "selfsame policy history" prints them.`, 2);
  const answer = await connection.send(`/v1/policy/history/${number}/restore`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reason }),
  });
  if (answer.status === 404) throw new Failure(`There is no entry ${number} in the history.`);
  if (!answer.ok) throw await refusal(answer);
  if (answer.status !== 202) return;
  // The log is long: it is folded beside the server, which answers by the policy before until then.
  const bar = json === true && !process.stderr.isTTY ? undefined : startProgress(100);
  for (;;) {
    const now = await connection.get<{ readonly change?: { readonly progress: number } }>('/v1/policy');
    if (now?.change === undefined) break;
    bar?.show(Math.floor(now.change.progress * 100), 0);
    await pause(PAUSE);
  }
  bar?.stop();
  const [latest] = (await historyOf(connection)).entries;
  if (latest?.back !== Number(number))
    throw new Failure('The policy is as it was: the change was cancelled, or failed.');
}

const historyOf = async (connection: Connection): Promise<PolicyHistoryAnswer> => {
  const history = await connection.get<PolicyHistoryAnswer>('/v1/policy/history');
  if (history === undefined) throw new Failure('This server keeps no history of policies: it is an older one.');
  return history;
};

const ruler = ({ ruledBy }: PolicyHistoryAnswer): string =>
  ruledBy === 'console'
    ? 'Chosen in the console or over the API; what the settings file says of the policy is not looked at.'
    : 'As the settings file says.';

function inWords({ number, at, by, reason, back, changes, isInForce, isQuick }: Entry): string {
  const notes = [back !== null && `back to ${back}`, isInForce ? 'in force' : isQuick && 'quick to go back to'].filter(
    (one) => one !== false,
  );
  return [
    `${number}  ${at}  by ${by}${notes.length > 0 ? `  (${notes.join(', ')})` : ''}${reason === null ? '' : `\n    ${reason}`}`,
    ...changes.map(({ field, before, after }) => `    ${field}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`),
  ].join('\n');
}
