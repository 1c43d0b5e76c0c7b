import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporary } from './temporary.ts';

it('nodes, claims and silences weigh about what V8 takes for them: more would have checkpoints come too often, less too late', () => {
  const script = join(import.meta.dirname, 'weigh.ts');
  const out = execFileSync(process.execPath, ['--expose-gc', '--no-warnings', script, temporary()], {
    encoding: 'utf8',
  });
  const weighed = JSON.parse(out) as Record<
    'fresh' | 'kept' | 'silent',
    { readonly taken: number; readonly said: number }
  >;
  for (const { taken, said } of Object.values(weighed)) {
    expect(said / taken, out).toBeGreaterThan(4 / 5);
    expect(said / taken, out).toBeLessThan(5 / 4);
  }
});
