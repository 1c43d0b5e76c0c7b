import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureDirectory } from './directory.ts';
import { measureFold, measureMerges } from './engine.ts';
import { type Figure, table } from './figure.ts';
import { measureFunnel } from './funnel.ts';
import { measureIntake, measureStorm } from './intake.ts';
import { measureLab } from './lab.ts';
import { measureNeighbours } from './neighbours.ts';
import { measureBesideIntake, measureOutputs } from './outputs.ts';
import { measureRefold } from './refold.ts';
import { measureSize } from './size.ts';
import { measureStitching } from './stitching.ts';

const help = `npm run bench -- [--quick] [--full] [--only <part>]…

Measures what we promise, each figure beside a floor of the same run, prints a table and writes it to bench/results/.
  --quick        a tenth of the work: shows that it runs, not how fast it is
  --full         size: five million events too
  --only <part>  fold, merges, intake, storm, neighbours, directory, outputs, beside (of outputs what intake feels, alone), funnel, lab, size, refold or stitching; may be given several times
  --events <n>   lab: events of its one person, 1,000,000 unless it says otherwise`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    events: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const { quick, full } = values;
const beside = quick ? { pairs: 4, bare: 2, seconds: 1 } : { pairs: 28, bare: 8, seconds: 4 };
const parts: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  fold: async () => [measureFold(quick ? 100_000 : 1_000_000)],
  merges: () => measureMerges(quick ? 10_000 : 1_000_000),
  intake: () => measureIntake(quick ? 1 : 8),
  storm: () => measureStorm(quick ? 2 : 8),
  neighbours: () => measureNeighbours(quick ? 0.1 : 1),
  directory: () => measureDirectory(quick ? 2 : 6),
  outputs: () => measureOutputs(quick ? 5_000 : 100_000, beside),
  beside: () => measureBesideIntake(beside),
  funnel: () => measureFunnel(quick ? 200_000 : 10_000_000),
  lab: () => measureLab(values.events === undefined ? (quick ? 20_000 : 1_000_000) : Number(values.events)),
  size: () => measureSize(quick ? 0.1 : 1, full),
  refold: () => measureRefold(quick ? 100_000 : 1_000_000),
  stitching: () => measureStitching(quick ? 200 : 1_000),
};

if (values.help) console.log(help);
else await run(values.only ?? Object.keys(parts).filter((name) => name !== 'beside'));

async function run(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0) {
    console.error(`no such part: ${unknown.join(', ')}\n\n${help}`);
    process.exitCode = 2;
    return;
  }
  const figures: Figure[] = [];
  for (const name of names) {
    process.stderr.write(`measuring ${name} …\n`);
    figures.push(...((await parts[name]?.()) ?? []));
  }
  console.log(table(figures));
  if (quick) console.log('\nA quick run: too short to quote.');
  const results = join(import.meta.dirname, '../results');
  mkdirSync(results, { recursive: true });
  const at = new Date().toISOString();
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory: totalmem(),
  };
  const file = join(results, `${at.replaceAll(':', '-')}.json`);
  writeFileSync(file, `${JSON.stringify({ at, quick, machine, figures }, null, 2)}\n`);
  console.log(`\nwritten to ${file}`);
}
