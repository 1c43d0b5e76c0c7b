import { ceilingOf, judgeWorld, rates, runWorld, scoreOf } from '@selfsame/cli/simulate';
import { type Policy, presets } from '@selfsame/identity';
import type { Figure } from './figure.ts';

const end = Date.UTC(2026, 0, 31);
const seeds = [7, 8, 9];
/** The presets that read the same evidence in different ways. */
const names = [
  'selfsame',
  'by-interval',
  'mixpanel-simplified',
  'mixpanel-original',
  'xo',
  'spid',
  'mparticle-default',
];

/**
 * How well each preset finds the humans of each simulated world: B-cubed precision and recall, and how many anonymous
 * events went to the wrong human's account (docs/quality.md). The floor of each is the ceiling: what an oracle reaches.
 */
export async function measureStitching(people: number): Promise<readonly Figure[]> {
  return Object.entries(rates).flatMap(([world, of]) => {
    const judged = seeds.map((seed) => judgeWorld(runWorld({ rates: of, people, seed, end })));
    const best = mean(judged.map(ceilingOf));
    return names.flatMap((name): readonly Figure[] => {
      const quality = mean(judged.map((one) => scoreOf(one, presets[name] as Policy)));
      return (['precision', 'recall', 'wrongAnonymous'] as const).map((what) => ({
        name: `stitching, ${world}, ${name}: ${what}`,
        value: quality[what],
        unit: 'share',
        floor: best[what],
      }));
    });
  });
}

type Shares = Readonly<Record<'precision' | 'recall' | 'wrongAnonymous', number>>;

const mean = (all: readonly Shares[]): Shares => {
  const of = (what: keyof Shares) => all.reduce((sum, one) => sum + one[what], 0) / all.length;
  return { precision: of('precision'), recall: of('recall'), wrongAnonymous: of('wrongAnonymous') };
};
