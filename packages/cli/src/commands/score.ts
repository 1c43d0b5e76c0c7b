import { readFileSync } from 'node:fs';
import { type Policy, presets } from '@selfsame/identity';
import { Command } from 'commander';
import { Failure } from '../failure.ts';
import { flag, wholeNumber } from '../flag.ts';
import { print } from '../print.ts';
import { ceilingOf, evidenceOf } from '../score/ceiling.ts';
import { readTruth } from '../score/read-truth.ts';
import { qualityTable } from '../score/report.ts';
import { type Judged, judge, judgeWorld, scoreOf } from '../score/score-world.ts';
import { rates, withServerCookie } from '../simulate/worlds/rates.ts';
import { runWorld } from '../simulate/worlds/world.ts';
import { ARRIVAL } from '../verify/digest.ts';
import { readStatements } from '../verify/statements.ts';

interface ScoreOptions {
  readonly truth?: string;
  readonly world?: string;
  readonly people: number;
  readonly seed: number;
  readonly serverCookie?: boolean;
  readonly policy?: string;
  readonly json?: boolean;
}

/** `selfsame score`: how well each policy finds the humans behind a history whose truth is known. Needs no server. */
export function scoreCommand(): Command {
  return new Command('score')
    .description('Compare who is who under every policy with a truth you know.')
    .argument('[file]', 'any file that import reads without --mapping')
    .addOption(flag('--truth <file>', 'NDJSON of {"insertId":…,"human":…}, one line an event'))
    .addOption(flag('--world <name>', 'a simulated world instead of a file').choices(Object.keys(rates)))
    .addOption(flag('--people <n>', 'humans of the world', 1000).argParser(wholeNumber(1, 100_000)))
    .addOption(flag('--seed <n>', 'the same seed gives the same world', 1).argParser(wholeNumber(0, 4_294_967_295)))
    .addOption(flag('--server-cookie', 'the world’s shop sets its cookie from its own server'))
    .addOption(flag('--policy <file>', 'a policy beside the presets: JSON of a preset’s name and other fields'))
    .addOption(flag('--json', 'as JSON'))
    .addHelpText(
      'after',
      `
A line a policy, what no rule can better in “told, strict” with these identifiers (evidence), and what nobody can
(ceiling).
docs/quality.md explains the columns.

Examples:
  selfsame score events.ndjson --truth truth.ndjson
  selfsame score --world terminal --people 2000`,
    )
    .action(async (file: string | undefined, options: ScoreOptions) => {
      const policies = [...Object.entries(presets), ...(await ownPolicy(options.policy))];
      const judged = await judgedBy(file, options);
      const rows = [
        ...policies.map(([name, policy]) => [name, scoreOf(judged, policy)] as const),
        ['evidence', evidenceOf(judged)] as const,
        ['ceiling', ceilingOf(judged)] as const,
      ];
      print(options.json === true ? JSON.stringify(Object.fromEntries(rows), null, 2) : qualityTable(rows));
    });
}

async function judgedBy(file: string | undefined, options: ScoreOptions): Promise<Judged> {
  const { world, truth, people, seed } = options;
  if (world !== undefined && file === undefined) {
    const chosen = rates[world] as (typeof rates)[string];
    const run = { rates: options.serverCookie === true ? withServerCookie(chosen) : chosen, people, seed };
    return judgeWorld(runWorld({ ...run, end: Date.UTC(2026, 0, 31) }));
  }
  if (file === undefined || truth === undefined || world !== undefined)
    throw new Failure('Give a file and its --truth, or a --world.', 2);
  const humans = readTruth(truth);
  const statements = await readStatements(file, presets['selfsame'] as Policy);
  const known = statements.map(({ insertId }) => (insertId === undefined ? undefined : humans.get(insertId)));
  if (known.every((human) => human === undefined))
    throw new Failure(`No insert id of ${truth} is in ${file}, so nothing can be compared.`, 2);
  return judge(
    statements.map((statement) => ({ statement, at: 2 * ARRIVAL })),
    known,
  );
}

async function ownPolicy(file: string | undefined): Promise<readonly (readonly [string, Policy])[]> {
  if (file === undefined) return [];
  const { readPolicy } = await import('@selfsame/server/policy');
  const policy = readPolicy(readJson(file));
  if ('problems' in policy) throw new Failure(`${file} is no policy: ${policy.problems.join('; ')}`, 2);
  return [[file, policy]];
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Failure(`${file} is no policy: ${(cause as Error).message}`, 2, { cause });
  }
}
