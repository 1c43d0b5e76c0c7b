import { type Policy, presets } from '@selfsame/identity';
import { Command } from 'commander';
import { Failure } from '../failure.ts';
import { flag, wholeNumber } from '../flag.ts';
import { formatNames } from '../import/format.ts';
import { print } from '../print.ts';
import { chanceFrom } from '../simulate/chance.ts';
import { digestOf } from '../verify/digest.ts';
import { shuffled } from '../verify/shuffle.ts';
import { readStatements } from '../verify/statements.ts';

interface VerifyOptions {
  readonly preset: string;
  readonly orders: number;
  readonly seed: number;
  readonly wire?: string;
}

/** `selfsame verify`: shows that the order of arrival does not matter (G8). Needs no server. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('Fold a file of items in several shuffled orders: one graph, one hash.')
    .argument('<file>', 'NDJSON or a JSON array in any format that import reads, gzipped or not')
    .addOption(flag('--preset <name>', 'the policy', 'selfsame').choices(Object.keys(presets)))
    .addOption(flag('--orders <n>', 'how many orders to try', 5).argParser(wholeNumber(2, 1000)))
    .addOption(flag('--seed <n>', 'the shuffle', 1).argParser(wholeNumber(0, 4_294_967_295)))
    .addOption(flag('--wire <wire>', 'how the items are written').choices(formatNames))
    .addHelpText(
      'after',
      `
Prints the hash of who is who and exits with 0; with 1 if any order gave another one.

Example:
  selfsame simulate --people 500 --out shop.ndjson && selfsame verify shop.ndjson --orders 20`,
    )
    .action(async (file: string, { preset, orders, seed, wire }: VerifyOptions) => {
      const policy = presets[preset] as Policy;
      if (policy.order === 'arrival')
        throw new Failure(
          `${preset} copies a vendor that goes by arrival; other orders may rightly give another graph.`,
          2,
        );
      const statements = await readStatements(file, policy, wire);
      const chance = chanceFrom(seed);
      const expected = digestOf(statements, policy);
      for (let order = 1; order < orders; order++) {
        const found = digestOf(shuffled(statements, chance), policy);
        if (found !== expected)
          throw new Failure(
            `Order ${order + 1} of ${orders} (seed ${seed}) gave ${found}, the order of the file ${expected}. This is a bug of ours: please report it with the file.`,
          );
      }
      print(`${expected}  ${statements.length.toLocaleString('en')} items, ${orders} orders, one graph`);
    });
}
