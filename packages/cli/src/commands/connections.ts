import type { ConnectionsAnswer, ConnectionView } from '@selfsame/server';
import { Command } from 'commander';
import { type Connection, type ConnectionOptions, refusal, withConnection, withServer } from '../connection.ts';
import { Failure } from '../failure.ts';
import { flag } from '../flag.ts';
import { print } from '../print.ts';

type Options = ConnectionOptions & { readonly json?: boolean };

/** `selfsame connections list | add | on | off | remove`. */
export function connectionsCommand(): Command {
  const command = new Command('connections').description('What each output takes of which input, and what is kept.');
  command.addHelpText(
    'after',
    '\nExamples:\n  selfsame connections list\n  selfsame connections add mparticle:public hook',
  );
  const sub = (name: string) => withConnection(new Command(name)).addOption(flag('--json', 'as JSON'));
  command.addCommand(
    sub('list')
      .description('Every connection: from where to where, what went through, what was kept back and why.')
      .addHelpText('after', '\nExample:\n  selfsame connections list')
      .action((options: Options) => withServer(options, (server) => list(server, options))),
  );
  command.addCommand(
    sub('add')
      .description(
        'Connect an input with an output; switches, filters and rules are then set with PUT or in the console.',
      )
      .argument('<input>', 'all, a wire such as mparticle, or one of its keys: mparticle:public, mparticle:server')
      .argument('<output>', 'the output')
      .addHelpText('after', '\nExample:\n  selfsame connections add mparticle:public hook')
      .action((input: string, output: string, options: Options) =>
        withServer(options, async (server) =>
          show(await call<ConnectionView>(server, 'POST', '/v1/connections', { input, output }), options),
        ),
      ),
  );
  for (const [name, active, words] of [
    ['on', true, 'Switch a connection on.'],
    ['off', false, 'Switch a connection off: nothing goes through it, at once; nothing is kept for later.'],
  ] as const)
    command.addCommand(
      sub(name)
        .description(words)
        .argument('<id>', 'the connection')
        .addHelpText('after', `\nExample:\n  selfsame connections ${name} native-to-hook`)
        .action((id: string, options: Options) =>
          withServer(options, async (server) => {
            const found = await call<ConnectionView>(server, 'GET', pathOf(id));
            const { input, output, settings, filters, rules } = found;
            const body = { input, output, settings, filters, rules, active };
            show(await call<ConnectionView>(server, 'PUT', pathOf(id), body), options);
          }),
        ),
    );
  command.addCommand(
    sub('remove')
      .description('Take a connection out.')
      .argument('<id>', 'the connection')
      .addOption(flag('--take-all', 'also the last one of its output, which then takes everything'))
      .addHelpText('after', '\nExample:\n  selfsame connections remove native-to-hook')
      .action((id: string, options: Options & { takeAll?: boolean }) =>
        withServer(options, async (server) => {
          await call(server, 'DELETE', `${pathOf(id)}${options.takeAll === true ? '?takeAll=true' : ''}`);
          print(options.json === true ? '{}' : `${id} is taken out.`);
        }),
      ),
  );
  return command;
}

async function list(server: Connection, { json }: Options): Promise<void> {
  const answer = await call<ConnectionsAnswer>(server, 'GET', '/v1/connections');
  if (json === true) return print(JSON.stringify(answer, null, 2));
  if (answer.connections.length === 0) return print('There are no connections: every output takes everything.');
  for (const one of answer.connections) print(inWords(one));
}

const show = (one: ConnectionView, { json }: Options): void =>
  print(json === true ? JSON.stringify(one, null, 2) : inWords(one));

/** A connection in a line, and a line for each reason something was kept. */
export function inWords({ id, input, output, active, sent, failed, kept }: ConnectionView): string {
  const counts = `${sent} sent, ${failed} failed`;
  const reasons = kept.map(({ step, why, messages }) => `\n    ${messages} kept at ${step}: ${why}`);
  return `${id}  ${input} → ${output}  ${active ? 'on' : 'off'}  ${counts}${reasons.join('')}`;
}

async function call<T>(server: Connection, method: string, path: string, body?: object): Promise<T> {
  const answer = await server.send(path, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (answer.status === 404) throw new Failure('There is no such connection. "selfsame connections list" shows them.');
  if (!answer.ok) throw await refusal(answer);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

const pathOf = (id: string): string => `/v1/connections/${encodeURIComponent(id)}`;
