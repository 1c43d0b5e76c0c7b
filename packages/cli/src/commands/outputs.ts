import type { DeadLettersAnswer, OutputsAnswer, OutputTestAnswer, OutputView, ReplayAnswer } from '@selfsame/server';
import { Command } from 'commander';
import { type Connection, type ConnectionOptions, refusal, withConnection, withServer } from '../connection.ts';
import { Failure } from '../failure.ts';
import { flag } from '../flag.ts';
import { print } from '../print.ts';
import { runOutputs } from '../run-outputs.ts';

type Options = ConnectionOptions & { readonly json?: boolean };

/** `selfsame outputs [run] | list | test | pause | resume | replay | dead`. */
export function outputsCommand(): Command {
  const command = new Command('outputs').description(
    'Run the outputs in a process of their own; how they are doing; test one, see what it gave up, send again.',
  );
  command.addHelpText(
    'after',
    '\nExamples:\n  selfsame outputs --config shop.json --data /var/lib/selfsame\n  selfsame outputs list\n  selfsame outputs test hook',
  );
  const sub = (name: string) => withConnection(new Command(name)).addOption(flag('--json', 'as JSON'));
  command.addCommand(
    new Command('run')
      .description('Run the outputs of a data directory in a process of their own, beside its server.')
      .addOption(flag('--config <file>', 'settings file, the server’s; without one, the project "demo"'))
      .addOption(flag('--data <dir>', 'where the server keeps everything', './data'))
      .addHelpText(
        'after',
        `
The settings of both say so: "outputs": { "in": "process" }. Whoever is killed loses nothing; each goes on without
the other, and the console and the API show and steer the outputs while both run.

Example:
  selfsame outputs run --config shop.json --data /var/lib/selfsame`,
      )
      .action((options: { readonly config?: string; readonly data: string }) => runOutputs(options)),
    { isDefault: true },
  );
  command.addCommand(
    sub('list')
      .description('Every output: its state, how far it is behind, what it sent and gave up.')
      .addHelpText('after', '\nExample:\n  selfsame outputs list')
      .action((options: Options) => withServer(options, (connection) => list(connection, options))),
  );
  command.addCommand(
    sub('test')
      .description('Send one marked item now. The exit code is 1 when it is not taken.')
      .addHelpText('after', '\nExample:\n  selfsame outputs test hook')
      .argument('<id>', 'the output')
      .action((id: string, options: Options) =>
        withServer(options, async (connection) => {
          const answer = await post<OutputTestAnswer>(connection, id, 'test');
          if (options.json === true) print(JSON.stringify(answer, null, 2));
          else print(answer.ok ? `${id}: the receiver took it.` : `${id}: ${answer.reason}.`);
          if (!answer.ok) process.exitCode = 1;
        }),
      ),
  );
  for (const [name, says, done] of [
    ['pause', 'Send nothing more until it is resumed; nothing is lost.', 'Paused. What comes waits in the log.'],
    ['resume', 'Go on after a pause or a halt, and try at once what waited.', 'Going on.'],
  ] as const)
    command.addCommand(
      sub(name)
        .description(says)
        .addHelpText('after', `\nExample:\n  selfsame outputs ${name} hook`)
        .argument('<id>', 'the output')
        .action((id: string, options: Options) =>
          withServer(options, async (connection) => {
            const view = await post<OutputView>(connection, id, name);
            print(options.json === true ? JSON.stringify(view, null, 2) : `${id}: ${done}`);
          }),
        ),
    );
  command.addCommand(
    sub('dead')
      .description('Dead letters, oldest first, with the reason.')
      .addHelpText('after', '\nExample:\n  selfsame outputs dead hook')
      .argument('<id>', 'the output')
      .action((id: string, options: Options) => withServer(options, (connection) => dead(connection, id, options))),
  );
  command.addCommand(
    sub('replay')
      .description('Send again in the background: all dead letters, some of them, or everything since a time.')
      .argument('<id>', 'the output')
      .argument('[message...]', 'ids of dead letters')
      .addOption(flag('--dead', 'all dead letters'))
      .addOption(flag('--from <when>', 'since a time (ISO 8601) or a position of the log'))
      .addHelpText(
        'after',
        '\nExamples:\n  selfsame outputs replay hook --dead\n  selfsame outputs replay hook --from 2026-11-01T00:00:00Z',
      )
      .action((id: string, messages: readonly string[], options: Options & { dead?: boolean; from?: string }) =>
        withServer(options, async (connection) => {
          const from = options.from !== undefined && /^\d+$/.test(options.from) ? Number(options.from) : options.from;
          if (typeof from === 'string' && Number.isNaN(Date.parse(from)))
            throw new Failure('--from is no time: write 2026-11-01T00:00:00Z, or a position of the log.', 2);
          const asked = options.dead === true ? true : messages.length > 0 ? messages : undefined;
          if (from === undefined && asked === undefined)
            throw new Failure('Say what to send again: --dead, ids of dead letters, or --from.', 2);
          const answer = await post<ReplayAnswer>(connection, id, 'replay', { from, dead: asked });
          if (options.json === true) return print(JSON.stringify(answer, null, 2));
          if (answer.replaying === 0)
            throw new Failure(`${id}: none of that is a dead letter. "selfsame outputs dead ${id}" lists them.`);
          const letters = answer.replaying === 1 ? '1 dead letter' : `${answer.replaying} dead letters`;
          const what = answer.replaying === null ? 'everything since then' : letters;
          print(`${id}: ${what} will be sent again. "selfsame outputs list" shows how it goes.`);
        }),
      ),
  );
  return command;
}

async function list(connection: Connection, { json }: Options): Promise<void> {
  const { outputs } = (await connection.get<OutputsAnswer>('/v1/outputs')) ?? { outputs: [] };
  if (json === true) return print(JSON.stringify(outputs, null, 2));
  if (outputs.length === 0)
    return print('There are no outputs. A project has them in the settings file, or make one with POST /v1/outputs.');
  for (const one of outputs) print(inWords(one));
}

/** An output in a few lines: how it is, and what to do where it does not run. */
export function inWords(one: OutputView): string {
  const { id, type, url, state, reason, sent, dead: given, held, replaying } = one;
  const why = reason === null ? '' : `: ${reason}`;
  const counts = `${sent} sent, ${held} waiting, ${given} dead${replaying > 0 ? ', sending again' : ''}`;
  const then = state === 'running' ? '' : `\n    "selfsame outputs resume ${id}" tries what waits and goes on`;
  return `${id}  ${type}  ${state}${why}\n    ${url}\n    ${howFar(one)}; ${counts}${then}`;
}

function howFar({ lag, held, settleSeconds, perSecond, limited }: OutputView): string {
  const settles = settleSeconds === undefined ? '' : `, ${settleSeconds} s of it to settle`;
  const limit = limited === true ? `, limited to ${perSecond} a second` : '';
  if (lag.positions > 0) return `${lag.positions} positions and ${lag.seconds} s behind${settles}${limit}`;
  return held === 0 ? 'up to date' : `the oldest has waited for ${lag.seconds} s`;
}

async function dead(connection: Connection, id: string, { json }: Options): Promise<void> {
  const letters: DeadLettersAnswer['dead'][number][] = [];
  let after: string | null = null;
  do {
    const query: Readonly<Record<string, string>> = after === null ? {} : { after };
    const page: DeadLettersAnswer | undefined = await connection.get(pathOf(id, 'dead'), query);
    if (page === undefined) throw new Failure(`There is no output ${id}. "selfsame outputs list" shows them.`);
    letters.push(...page.dead);
    after = page.next;
  } while (after !== null);
  if (json === true) return print(JSON.stringify(letters, null, 2));
  if (letters.length === 0) return print('No dead letters.');
  for (const one of letters) print(`${one.id}  ${one.at}  ${one.type} at ${one.position}\n    ${one.reason}`);
}

async function post<T>(connection: Connection, id: string, what: string, body?: object): Promise<T> {
  const answer = await connection.send(pathOf(id, what), {
    method: 'POST',
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (answer.status === 404) throw new Failure(`There is no output ${id}. "selfsame outputs list" shows them.`);
  if (!answer.ok) throw await refusal(answer);
  return (await answer.json()) as T;
}

const pathOf = (id: string, what: string): string => `/v1/outputs/${encodeURIComponent(id)}/${what}`;
