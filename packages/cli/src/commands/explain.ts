import type { ExplainAnswer, ToldItem } from '@selfsame/server';
import { Command, InvalidArgumentError } from 'commander';
import { type ConnectionOptions, withConnection, withServer } from '../connection.ts';
import { Failure } from '../failure.ts';
import { flag, positionOrMoment } from '../flag.ts';
import { print } from '../print.ts';

const trusts = ['public key', 'signed by the backend', 'server key', 'operator'] as const;

interface ExplainOptions extends ConnectionOptions {
  readonly event?: string;
  readonly at?: string;
  readonly asOf?: string;
  readonly json?: boolean;
}

/** `selfsame explain`: why two identifiers are one person, why one or an event is whose it is, or what keeps them apart. */
export function explainCommand(): Command {
  return withConnection(new Command('explain'))
    .description('Why two identifiers are one person, or why they are not; why one, or an event, is whose it is.')
    .argument('<a>', 'an identifier such as user:42', identifier)
    .argument('[b]', 'another one; without it: why the first is whose it is', identifier)
    .addOption(flag('--event <insert-id>', 'why this event is of the person who has the identifier, or why not'))
    .addOption(
      flag('--as-of <when>', 'as it was known at a position of the log, or by a moment (ISO 8601)').argParser(
        positionOrMoment,
      ),
    )
    .addOption(flag('--at <time>', 'whether and why it was so at that moment, such as 2026-11-28T10:15:00Z'))
    .addOption(flag('--json', 'as JSON'))
    .addHelpText(
      'after',
      `
Exit codes: 0 one person; of one identifier: somebody's; of an event: theirs · 1 two people; nobody's; not theirs ·
2 asked in a wrong way · 3 one of them was never seen · 4 no answer, such as a server that is away or a wrong key.

Examples:
  selfsame explain device:5f1c2b… user:42
  selfsame explain device:5f1c2b…
  selfsame explain --event order-17 user:42
  selfsame explain device:5f1c2b… user:42 --at 2026-11-28T10:15:00Z
  selfsame explain device:5f1c2b… user:42 --as-of 1200 || echo "not the same then: $?"`,
    )
    .action((a: string, b: string | undefined, options: ExplainOptions) => {
      const { event, at, asOf, json } = options;
      if (event !== undefined && (b !== undefined || at !== undefined))
        throw new Failure(
          'An event goes with one identifier, and has its own moment: leave out the other and --at.',
          2,
        );
      const asked = { a, b, event, at, asOf };
      return withServer(options, async (connection) => {
        const query = Object.entries(asked).flatMap(([name, one]) => (one === undefined ? [] : [[name, one]]));
        const answer = await connection.get<ExplainAnswer>('/v1/explain', Object.fromEntries(query));
        if (answer === undefined) throw new Failure('The server has no answer to that. Is it of this version?');
        if (json === true) print(JSON.stringify(answer, null, 2));
        else print(inWords(answer, asked));
        process.exitCode = answer.same ? 0 : isUnseen(answer) ? 3 : 1;
      }).catch((cause: unknown) => {
        throw cause instanceof Failure && cause.exitCode === 1 ? new Failure(cause.message, 4, { cause }) : cause;
      });
    });
}

/** What was asked about. */
interface Asked {
  readonly a: string;
  readonly b?: string | undefined;
  readonly event?: string | undefined;
}

/** Of whom nobody was told there is nothing to say. */
const isUnseen = ({ refusal }: ExplainAnswer): boolean => refusal?.unseen !== undefined;

function identifier(text: string): string {
  if (!/^[^:]+:./.test(text)) throw new InvalidArgumentError('Identifiers look like kind:value, such as user:42.');
  return text;
}

/** The answer as sentences. */
function inWords(answer: ExplainAnswer, asked: Asked): string {
  const { a, b, event } = asked;
  const both = b !== undefined ? `${a} and ${b}` : event !== undefined ? `event ${event} and ${a}` : a;
  if (!answer.same) {
    const { refusal } = answer;
    if (isUnseen(answer)) {
      const names = { a, b, event: `event ${event}` };
      return `${both === a ? 'W' : `${both}: w`}e have never seen ${refusal?.unseen?.map((one) => names[one]).join(' and ')} [${refusal?.rule}].`;
    }
    const apart =
      b !== undefined ? `${both} are two people` : event !== undefined ? `${eventOf(answer)} is not of ${a}` : a;
    if (refusal === undefined) return `${apart}.`;
    const { source, time, trust, claim } = refusal;
    const by = trust === undefined ? '' : ` by ${trusts[trust]}`;
    const said =
      source === undefined ? '' : `, claimed over ${source}${by} at ${time} (${itemOf(refusal)}claim ${claim})`;
    return [
      `${apart}: ${refusal.reason} [${refusal.rule}]${said}.`,
      `  What would change it: ${refusal.would.says}.`,
      ...policyOf(answer),
    ].join('\n');
  }
  const steps = (answer.chain ?? []).map(
    (step) =>
      `  ${step.from} → ${step.to}\n    ${step.because} [${step.rule}]\n    ${step.time}, ${step.source}, ${trusts[step.trust]}, ${itemOf(step)}claim ${step.claim}`,
  );
  const would = answer.would === undefined ? [] : [`  What would change it: ${answer.would.says}.`];
  return [verdict(answer, asked), ...steps, ...would, ...policyOf(answer)].join('\n');
}

/** The item behind a claim: `track Bought order-17, `. */
const itemOf = ({ item }: { readonly item?: ToldItem }): string =>
  item === undefined ? '' : `${[item.type, item.name, item.insertId].filter((part) => part !== undefined).join(' ')}, `;

const policyOf = ({ policy }: ExplainAnswer): readonly string[] =>
  policy === undefined ? [] : [`  By policy ${policy.version ?? ''} (${policy.preset}).`.replace('  (', ' (')];

function verdict(answer: ExplainAnswer, { a, b, event }: Asked): string {
  if (b !== undefined) return `${a} and ${b} are one person.`;
  const why = event === undefined ? answer.because : answer.event?.because;
  const because = why == null ? '.' : `: ${why.says} [${why.rule}].`;
  if (event !== undefined) return `${eventOf(answer)} is of ${a}${because}`;
  const { id, identifier } = answer.person ?? {};
  return `${a} is of the person ${id}, named after ${identifier === a ? 'it' : identifier}${because}`;
}

const eventOf = ({ event }: ExplainAnswer): string => `Event ${event?.insertId} (${event?.name}, ${event?.time})`;
