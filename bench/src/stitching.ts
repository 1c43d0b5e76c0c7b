import { ceilingOf, evidenceOf, judgeWorld, qualityTable, rates, runWorld, scoreOf } from '@selfsame/cli/simulate';
import { presets } from '@selfsame/identity';
import type { Figure } from './figure.ts';

const end = Date.UTC(2026, 0, 31);
const seeds = [7, 8, 9];

/**
 * How well every preset finds the humans of each simulated world, in the mean of the seeds (docs/quality.md): prints a
 * table for each, and answers what `selfsame` promises of them. The floor of each figure is the ceiling: what an oracle
 * reaches.
 */
export async function measureStitching(people: number): Promise<readonly Figure[]> {
  const wrong: number[] = [];
  const figures = Object.entries(rates).flatMap(([world, of]) => {
    const judged = seeds.map((seed) => judgeWorld(runWorld({ rates: of, people, seed, end })));
    const rows = Object.entries(presets).map(
      ([name, policy]) => [name, judged.map((one) => scoreOf(one, policy))] as const,
    );
    const means = rows.map(([name, all]) => [name, mean(all)] as const);
    const best = mean(judged.map(ceilingOf));
    const evidence = judged.map((one) => evidenceOf(one));
    console.log(
      `\n${world}: ${of.about}\n${qualityTable([...means, ['evidence', mean(evidence)], ['ceiling', best]])}`,
    );
    const ours = rows.find(([name]) => name === 'selfsame')?.[1] as readonly Quality[];
    const { precision, strictPrecision, recall, wrongAnonymous } = mean(ours);
    wrong.push(wrongAnonymous);
    const least = (of: readonly Quality[], what: keyof Quality) => Math.min(...of.map((one) => one[what]));
    const isAhead = (what: 'f' | 'strictF') => {
      const others = Math.max(...means.flatMap(([name, one]) => (name === 'selfsame' ? [] : [one[what]])));
      return [best[what], `≥ every other preset (${others.toFixed(3)})`, mean(ours)[what] >= others] as const;
    };
    const bound = least(evidence, 'strictPrecision').toFixed(3);
    const isPrecise = least(ours, 'precision') >= 0.94;
    return [
      promise(`${world}: told precision`, precision, best.precision, '≥ .94 with every seed', isPrecise),
      {
        ...{ name: `stitching, ${world}: told, strict`, value: strictPrecision, floor: best.strictPrecision },
        ...{ unit: 'share', goal: `none; with some seed the evidence has ${bound}` },
      },
      promise(`${world}: knowable recall`, recall, best.recall, '≥ .97 with every seed', least(ours, 'recall') >= 0.97),
      promise(`${world}: F`, mean(ours).f, ...isAhead('f')),
      promise(`${world}: F, strict`, mean(ours).strictF, ...isAhead('strictF')),
    ];
  });
  const all = wrong.reduce((sum, one) => sum + one, 0) / wrong.length;
  return [...figures, promise('all worlds: wrong anonymous', all, 0, '≤ .03 in the mean', all <= 0.03)];
}

type Quality = ReturnType<typeof scoreOf>;

const promise = (name: string, value: number, floor: number, goal: string, met: boolean): Figure => ({
  ...{ name: `stitching, ${name}`, value, unit: 'share', floor, goal, met },
});

/** Column by column. */
const mean = (all: readonly Quality[]): Quality =>
  Object.fromEntries(
    Object.keys(all[0] as Quality).map((what) => [
      what,
      all.reduce((sum, one) => sum + one[what as keyof Quality], 0) / all.length,
    ]),
  ) as unknown as Quality;
