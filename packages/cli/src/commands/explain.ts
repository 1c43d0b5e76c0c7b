import type { ExplainAnswer } from '@selfsame/server';
import { Command } from 'commander';
import { type ConnectionOptions, withConnection, withServer } from '../connection.ts';
import { Failure } from '../failure.ts';
import { flag } from '../flag.ts';
import { print } from '../print.ts';

const trusts = ['public key', 'signed by the backend', 'server key', 'operator'] as const;

/** `selfsame explain`: why two identifiers are one person, or what keeps them apart. */
export function explainCommand(): Command {
  return withConnection(new Command('explain'))
    .description('Why two identifiers are one person, or why they are not.')
    .argument('<a>', 'an identifier such as user:42')
    .argument('<b>', 'another one')
    .addOption(flag('--as-of <position>', 'as the log stood at that position'))
    .addOption(flag('--json', 'as JSON'))
    .addHelpText(
      'after',
      `
The exit code is 0 when they are one person and 1 when they are not.

Example:
  selfsame explain device:5f1c2b… user:42`,
    )
    .action((a: string, b: string, options: ConnectionOptions & { readonly asOf?: string; readonly json?: boolean }) =>
      withServer(options, async (connection) => {
        const answer = await connection.get<ExplainAnswer>('/v1/explain', {
          a,
          b,
          ...(options.asOf === undefined ? {} : { asOf: options.asOf }),
        });
        if (answer === undefined)
          throw new Failure(`One of ${a} and ${b} was never seen. Identifiers look like kind:value.`);
        if (options.json === true) print(JSON.stringify(answer, null, 2));
        else print(inWords(answer, a, b));
        if (!answer.same) process.exitCode = 1;
      }),
    );
}

/** The answer as sentences. */
export function inWords(answer: ExplainAnswer, a: string, b: string): string {
  if (!answer.same) {
    const { refusal } = answer;
    if (refusal === undefined) return `${a} and ${b} are two people.`;
    const source = refusal.source === undefined ? '' : `, claimed over ${refusal.source} at ${refusal.time}`;
    return `${a} and ${b} are two people: ${refusal.reason} [${refusal.rule}]${source}.`;
  }
  const steps = (answer.chain ?? []).map(
    (step) =>
      `  ${step.from} → ${step.to}\n    ${step.because} [${step.rule}]\n    ${step.time}, ${step.source}, ${trusts[step.trust]}, claim ${step.claim}`,
  );
  return [`${a} and ${b} are one person.`, ...steps].join('\n');
}
