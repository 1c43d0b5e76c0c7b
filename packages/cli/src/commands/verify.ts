import { writeFileSync } from 'node:fs';
import { type Policy, presets, type Statement } from '@selfsame/identity';
import { Command } from 'commander';
import { Failure, unwritable } from '../failure.ts';
import { flag, wholeNumber } from '../flag.ts';
import { itemFormatNames } from '../import/format.ts';
import { OWN_FILE } from '../own-file.ts';
import { print } from '../print.ts';
import { startProgress } from '../progress.ts';
import { chanceFrom } from '../simulate/chance.ts';
import { shrunk } from '../verify/counter-example.ts';
import { digestAfterCrash } from '../verify/crash.ts';
import { digestOf } from '../verify/digest.ts';
import { readStatements } from '../verify/statements.ts';
import { digestOfTrial, type Trial, trialOf } from '../verify/trial.ts';

interface VerifyOptions {
  readonly preset: string;
  readonly orders: number;
  readonly crashes: number;
  readonly seed: number;
  readonly wire?: string;
  readonly out?: string;
}

/** `selfsame verify`: shows that arrival does not matter, in any order, any batches, told twice, over crashes (G8). Needs no server. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('Tell a file of items in many orders, batches and crashes, some items twice: one graph, one hash.')
    .argument('<file>', 'any file that import reads without --mapping')
    .addOption(flag('--preset <name>', 'the policy', 'selfsame').choices(Object.keys(presets)))
    .addOption(flag('--orders <n>', 'how many orders to try', 100).argParser(wholeNumber(1, 1_000_000)))
    .addOption(
      flag('--crashes <n>', 'how many of them a store on disk loses power in', 3).argParser(wholeNumber(0, 10_000)),
    )
    .addOption(flag('--seed <n>', 'the chance that is repeated', 1).argParser(wholeNumber(0, 4_294_967_295)))
    .addOption(flag('--wire <wire>', 'how the items are written').choices(itemFormatNames))
    .addOption(flag('--out <file>', 'write the smallest counter-example there, if there is one'))
    .addHelpText(
      'after',
      `
Prints the hash of who is who and exits with 0. Where an order gives another one it looks for the fewest items that do
so, says what they disagree on and by which rule, and exits with 1. What asks mParticle's directory goes by arrival, so
such a file keeps its order; its batches, repeats and crashes are tried.

Examples:
  selfsame simulate --people 500 --out shop.ndjson && selfsame verify shop.ndjson --orders 5000
  selfsame verify export-of-mixpanel.json.gz --wire mixpanel --out smallest.json`,
    )
    .action(async (file: string, options: VerifyOptions) => {
      const policy = presets[options.preset] as Policy;
      if (policy.order === 'arrival')
        throw new Failure(
          `${options.preset} copies a vendor that goes by arrival; other orders may rightly give another graph.`,
          2,
        );
      await verify(await readStatements(file, policy, options.wire), policy, options);
    });
}

async function verify(statements: readonly Statement[], policy: Policy, options: VerifyOptions): Promise<void> {
  const { orders, crashes, seed } = options;
  const keepsOrder = statements.some(asksDirectory);
  const expected = digestOf(statements, policy);
  const progress = startProgress(orders);
  try {
    for (let i = 0; i < orders; i++) {
      // Each by chance of its own, so that any of them is repeated by itself.
      const chance = chanceFrom(seed + i);
      const trial = trialOf(statements, chance, keepsOrder);
      const isCrash = i < crashes;
      const found = isCrash ? await digestAfterCrash(trial, policy, chance) : await digestOfTrial(trial, policy);
      progress.show(i + 1, (i + 1) * statements.length);
      if (found !== expected) throw failed(statements, trial, policy, { ...options, seed: seed + i, isCrash });
    }
  } finally {
    progress.stop();
  }
  const kept = keepsOrder ? ' of arrival kept, since it asks the directory' : '';
  print(
    `${expected}  ${statements.length.toLocaleString('en')} items, ${orders.toLocaleString('en')} orders${kept}, ${Math.min(crashes, orders)} crashes, one graph`,
  );
}

const asksDirectory = ({ command }: Statement): boolean =>
  ['Resolve', 'Modify', 'Alias'].includes(command.type) || ('resolve' in command && command.resolve !== undefined);

/** Says as little as shows it: the fewest items, or, where their order is not to blame, how they were handed over. */
function failed(
  statements: readonly Statement[],
  { told }: Trial,
  policy: Policy,
  { seed, out, isCrash }: VerifyOptions & { readonly isCrash: boolean },
): Failure {
  const once = [...new Set(told)];
  if (digestOf(once, policy) === digestOf(statements, policy))
    return new Failure(
      `Told in ${isCrash ? 'two lives of a store' : 'other batches, some twice'} (seed ${seed}) the items gave another graph. This is a bug of ours: please report it with the file.`,
    );
  const { one, other, differences } = shrunk(statements, once, policy);
  const rules = new Set(
    differences.flatMap((found) => [...`${found.one} ${found.other}`.matchAll(/\[(\w+)\]/g)].map(([, rule]) => rule)),
  );
  const limit = rules.has('K1') || rules.has('K2');
  return new Failure(
    [
      `Two orders of ${one.length} of the items (seed ${seed}) do not agree:`,
      ...one.map((item, i) => `  ${i + 1}. ${saying(item)}`),
      `and in the order ${other.map((item) => one.indexOf(item) + 1).join(', ')}:`,
      ...differences.map((found) => `  ${found.identifier}: ${found.one} — and then: ${found.other}`),
      limit
        ? 'Which identifiers a limit ([K1], [K2]) turns away goes by arrival: a higher one, caps of the policy, would keep all of them.'
        : 'This is a bug of ours: please report it with these items.',
      out === undefined ? '--out writes them to a file.' : written(out, { one, other, differences }),
    ].join('\n'),
  );
}

/** Writes a counter-example and says where it is. One that has nowhere to go is still told. */
function written(out: string, example: object): string {
  try {
    writeFileSync(out, `${JSON.stringify(example, null, 2)}\n`, OWN_FILE);
    return `They stand in ${out}.`;
  } catch (cause) {
    return `${unwritable(out, cause).message}.`;
  }
}

/** An item in a line: what it is and whom it names. */
function saying({ command, time, insertId }: Statement): string {
  const ids = 'ids' in command ? command.ids : 'one' in command ? [command.one, command.other] : [];
  const when = time === undefined ? '' : ` at ${new Date(time).toISOString()}`;
  return `${command.type} ${ids.map(({ kind, value }) => `${kind}:${value}`).join(' ')}${when}${insertId === undefined ? '' : ` (${insertId})`}`;
}
