import type { ExplainAnswer } from '@selfsame/server';
import { Command, InvalidArgumentError } from 'commander';
import { type ConnectionOptions, withConnection, withServer } from '../connection.ts';
import { Failure } from '../failure.ts';
import { flag, positionOrMoment } from '../flag.ts';
import { print } from '../print.ts';

const trusts = ['public key', 'signed by the backend', 'server key', 'operator'] as const;

/** `selfsame explain`: why two identifiers are one person, or what keeps them apart. */
export function explainCommand(): Command {
  return withConnection(new Command('explain'))
    .description('Why two identifiers are one person, or why they are not.')
    .argument('<a>', 'an identifier such as user:42', identifier)
    .argument('<b>', 'another one', identifier)
    .addOption(
      flag('--as-of <when>', 'as it was known at a position of the log, or by a moment (ISO 8601)').argParser(
        positionOrMoment,
      ),
    )
    .addOption(flag('--at <time>', 'whether and why they were one at that moment, such as 2026-11-28T10:15:00Z'))
    .addOption(flag('--json', 'as JSON'))
    .addHelpText(
      'after',
      `
Exit codes: 0 one person · 1 two people · 2 asked in a wrong way · 3 one of them was never seen · 4 no answer, such as a
server that is away or a wrong key.

Examples:
  selfsame explain device:5f1c2b… user:42
  selfsame explain device:5f1c2b… user:42 --at 2026-11-28T10:15:00Z
  selfsame explain device:5f1c2b… user:42 --as-of 1200 || echo "not the same then: $?"`,
    )
    .action(
      (
        a: string,
        b: string,
        options: ConnectionOptions & { readonly at?: string; readonly asOf?: string; readonly json?: boolean },
      ) =>
        withServer(options, async (connection) => {
          const answer = await connection.get<ExplainAnswer>('/v1/explain', {
            a,
            b,
            ...(options.at === undefined ? {} : { at: options.at }),
            ...(options.asOf === undefined ? {} : { asOf: options.asOf }),
          });
          if (answer === undefined) throw new Failure('The server has no answer to that. Is it of this version?');
          if (options.json === true) print(JSON.stringify(answer, null, 2));
          else print(inWords(answer, a, b));
          process.exitCode = answer.same ? 0 : isUnseen(answer) ? 3 : 1;
        }).catch((cause: unknown) => {
          throw cause instanceof Failure && cause.exitCode === 1 ? new Failure(cause.message, 4, { cause }) : cause;
        }),
    );
}

/** Of whom nobody was told there is nothing to say. */
const isUnseen = ({ refusal }: ExplainAnswer): boolean => refusal?.unseen !== undefined;

function identifier(text: string): string {
  if (!/^[^:]+:./.test(text)) throw new InvalidArgumentError('Identifiers look like kind:value, such as user:42.');
  return text;
}

/** The answer as sentences. */
export function inWords(answer: ExplainAnswer, a: string, b: string): string {
  if (!answer.same) {
    const { refusal } = answer;
    if (isUnseen(answer))
      return `${a} and ${b}: we have never seen ${refusal?.unseen?.map((one) => (one === 'a' ? a : b)).join(' and ')} [${refusal?.rule}].`;
    if (refusal === undefined) return `${a} and ${b} are two people.`;
    const source = refusal.source === undefined ? '' : `, claimed over ${refusal.source} at ${refusal.time}`;
    return `${a} and ${b} are two people: ${refusal.reason} [${refusal.rule}]${source}.\n  What would change it: ${refusal.would.says}.`;
  }
  const steps = (answer.chain ?? []).map(
    (step) =>
      `  ${step.from} → ${step.to}\n    ${step.because} [${step.rule}]\n    ${step.time}, ${step.source}, ${trusts[step.trust]}, claim ${step.claim}`,
  );
  return [`${a} and ${b} are one person.`, ...steps].join('\n');
}
