import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Policy, Statement } from '@selfsame/identity';
import type { Chance } from '../simulate/chance.ts';
import { derive } from './digest.ts';
import { digestOfStore, hand, type Trial } from './trial.ts';

/**
 * Tells a trial to a store on disk that stops somewhere on the way: the files as they lie there at that moment are all
 * that is left, as after a loss of power. The sender, who knows no better, tells the last pieces again where an insert
 * id makes that harmless, and goes on.
 */
export async function digestAfterCrash({ told, pieces }: Trial, policy: Policy, chance: Chance): Promise<string> {
  // A store on disk comes with its databases, which no other command that speaks to a server waits for.
  const { openEmbeddedStore } = await import('@selfsame/store-embedded');
  const folder = mkdtempSync(join(tmpdir(), 'selfsame-verify-'));
  const rules = () => ({ policy, derive });
  const [before, after] = [join(folder, 'before'), join(folder, 'after')];
  try {
    const stop = chance.whole(0, pieces.length);
    const done = sum(pieces.slice(0, stop));
    const first = await openEmbeddedStore({ directory: before, rules });
    try {
      await hand(first, told.slice(0, done), pieces.slice(0, stop), policy);
      if (chance.yes(0.5)) await first.checkpoint();
      cpSync(before, after, { recursive: true, filter: (file) => !file.endsWith('.lock') });
    } finally {
      await first.close();
    }
    const second = await openEmbeddedStore({ directory: after, rules });
    try {
      const again = told.slice(sum(pieces.slice(0, chance.whole(0, stop))), done).filter(isHarmless);
      const rest = told.slice(done);
      await hand(second, [...again, ...rest], [again.length, ...pieces.slice(stop)], policy);
      return await digestOfStore(second, policy);
    } finally {
      await second.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

const isHarmless = ({ insertId }: Statement): boolean => insertId !== undefined;
