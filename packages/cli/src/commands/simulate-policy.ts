import { readFileSync } from 'node:fs';
import type { SimulatedChange, SimulationResult, SimulationView } from '@selfsame/server';
import { Command } from 'commander';
import { type Connection, type ConnectionOptions, refusal, withConnection, withServer } from '../connection.ts';
import { Failure } from '../failure.ts';
import { flag } from '../flag.ts';
import { print } from '../print.ts';
import { readTruth } from '../score/read-truth.ts';
import { qualityTable } from '../score/report.ts';
import { followSimulation, questionsInWords, readQuestions } from '../simulation.ts';

type Options = ConnectionOptions & {
  readonly preset?: string;
  readonly allPresets?: boolean;
  readonly fromTheStart?: boolean;
  readonly truth?: string;
  readonly questions?: string;
  readonly json?: boolean;
};

/** `selfsame simulate-policy`: what another policy would make of the whole log. */
export function simulatePolicyCommand(): Command {
  return withConnection(new Command('simulate-policy'))
    .description('What another policy would make of the whole log; nothing is changed.')
    .argument('[file]', 'JSON with the fields that would change, as PUT /v1/policy takes them; - is standard input')
    .addOption(flag('--preset <name>', 'begin with this preset'))
    .addOption(flag('--all-presets', 'every preset side by side, instead of one policy'))
    .addOption(flag('--from-the-start', 'decide past calls of the directory (mParticle) anew as well'))
    .addOption(flag('--truth <file>', 'NDJSON of {"insertId":…,"human":…}: also say how well each finds the humans'))
    .addOption(
      flag('--questions <file>', 'JSON: a list of {"insight":"funnel","question":…}, answered before and after'),
    )
    .addOption(flag('--json', 'as JSON'))
    .addHelpText(
      'after',
      `
Exit codes: 0 nothing would change · 1 somebody's history would · 2 asked in a wrong way · 4 no answer.
Ctrl-C cancels it on the server too.

Examples:
  selfsame simulate-policy --preset mixpanel-simplified
  echo '{ "sharedDevice": "first-login" }' | selfsame simulate-policy -
  selfsame simulate-policy --preset segment --questions questions.json
  selfsame simulate-policy --all-presets --json`,
    )
    .action((file: string | undefined, options: Options) =>
      withServer(options, async (connection) => {
        const view = await simulate(connection, questionOf(file, options), options.json === true);
        const results = view.presets ?? (view.result === undefined ? [] : [view.result]);
        if (options.json === true) print(JSON.stringify(view.presets ?? view.result, null, 2));
        else
          print(
            [
              view.presets === undefined ? results.map(inWords).join('\n') : asTable(results),
              ...answers(results),
              ...qualities(results),
            ].join('\n\n'),
          );
        process.exitCode = results.some(({ changed }) => changed > 0) ? 1 : 0;
      }).catch((cause: unknown) => {
        throw cause instanceof Failure && cause.exitCode === 1 ? new Failure(cause.message, 4, { cause }) : cause;
      }),
    );
}

function questionOf(file: string | undefined, { preset, allPresets, fromTheStart, truth, questions }: Options): object {
  const start = {
    ...(fromTheStart === undefined ? {} : { fromTheStart }),
    ...(questions === undefined ? {} : { questions: readQuestions(questions) }),
    ...(truth === undefined ? {} : { truth: [...readTruth(truth)].map(([insertId, human]) => ({ insertId, human })) }),
  };
  if (allPresets === true) {
    if (file !== undefined || preset !== undefined)
      throw new Failure('--all-presets tries every preset as it is: leave the file and --preset out.', 2);
    return { allPresets, ...start };
  }
  if (file === undefined && preset === undefined)
    throw new Failure('Say what to try: a file with a policy, --preset, or --all-presets.', 2);
  return {
    policy: { ...(file === undefined ? {} : fieldsIn(file)), ...(preset === undefined ? {} : { preset }) },
    ...start,
  };
}

function fieldsIn(file: string): object {
  try {
    const fields: unknown = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return fields;
  } catch (cause) {
    throw new Failure(`${file} cannot be read as JSON: ${(cause as Error).message}`, 2, { cause });
  }
  throw new Failure(`${file} holds no policy. It looks like { "sharedDevice": "first-login" }.`, 2);
}

async function simulate(connection: Connection, question: object, quiet: boolean): Promise<SimulationView> {
  const answer = await connection.send('/v1/policy/simulate', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(question),
  });
  if (answer.status === 400 || answer.status === 413) throw new Failure((await refusal(answer)).message, 2);
  if (!answer.ok) throw await refusal(answer);
  return followSimulation(connection, ((await answer.json()) as { id: string }).id, quiet);
}

/** What each result makes of the questions that were asked. */
const answers = (results: readonly SimulationResult[]): readonly string[] =>
  results.flatMap(({ preset, questions = [] }) =>
    questions.length === 0 ? [] : [(results.length > 1 ? `${preset}\n` : '') + questionsInWords(questions)],
  );

/** How well today's policy and each other finds the humans, where a truth was given. */
function qualities(results: readonly SimulationResult[]): readonly string[] {
  const [first] = results;
  if (first?.quality === undefined) return [];
  const rows = results.flatMap(({ preset, quality }) =>
    quality === undefined ? [] : [[preset, quality.after] as const],
  );
  const { events } = first.quality.before;
  return [`Of ${events} events whose human is known:`, qualityTable([['today', first.quality.before], ...rows])];
}

/** A result as sentences. */
export function inWords({ people, known, joined, split, events, changed, changes, rules }: SimulationResult): string {
  if (changed === 0) return `Nothing would change: ${people.before} people, ${known.before} known.`;
  return [
    `${people.before} people would be ${people.after}; ${known.before} known people ${known.after}.`,
    `${joined} would be several of today's in one, ${split} of today's would be several; ${events.moved} events and traits would be somebody else's.`,
    '',
    `The largest of ${changed} changes:`,
    ...changes.flatMap((one) => sentence(one)),
    '',
    'Links by rule, today → then:',
    ...rules
      .filter(({ before, after }) => before !== after)
      .map((one) => `  ${one.rule}  ${one.before} → ${one.after}`),
  ].join('\n');
}

function sentence({
  what,
  before,
  beforeCount,
  after,
  afterCount,
  events,
  because,
}: SimulatedChange): readonly string[] {
  const group = (people: typeof before, all: number) =>
    people
      .slice(0, 4)
      .map(({ identifiers, identifierCount }) => {
        const more = identifierCount > 5 ? ` and ${identifierCount - 5} more` : '';
        return `(${identifiers.slice(0, 5).join(' ')}${more})`;
      })
      .join(' ') + (all > 4 ? ` and ${all - 4} more` : '');
  const claim = because.claim === undefined ? '' : `, claim ${because.claim} by ${because.source} at ${because.time}`;
  return [
    `  ${what}: ${group(before, beforeCount)} → ${group(after, afterCount)}`,
    `    ${because.identifier}: ${because.reason} [${because.rule}]${claim}; today [${because.was.rule}]. ${events} events and traits move.`,
  ];
}

/** Every preset in a row. */
export function asTable(results: readonly SimulationResult[]): string {
  const rows = [
    ['preset', 'people', 'known', 'joined', 'split', 'moved', 'changes'],
    ...results.map(({ preset, people, known, joined, split, events, changed }) =>
      [preset, people.after, known.after, joined, split, events.moved, changed].map(String),
    ),
  ];
  const widths = (rows[0] as readonly string[]).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  return rows
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
    )
    .join('\n');
}
