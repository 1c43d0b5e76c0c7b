import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, expect, it } from 'vitest';
import { parsers } from './parsers.ts';

const long = process.env['SELFSAME_LONG'] === '1';
const seed = Number(process.env['SELFSAME_SEED']);
const runs = Number(process.env['SELFSAME_FUZZ'] ?? (long ? 1_000_000 : 500));

interface Said {
  readonly name: string;
  readonly reached: number;
  readonly longest: number;
  readonly found: number;
  readonly error?: string;
}

/** A process whose sources are marked, so that it sees what an input reaches. */
function fuzzing(count: number, names: readonly string[], onSaid: (said: Said) => void): Promise<number | null> {
  const program = ['instrument.ts', 'child.ts'].map((name) => join(import.meta.dirname, name)) as [string, string];
  const child = spawn(process.execPath, ['--import', ...program, String(seed), String(count), ...names], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' },
  });
  createInterface({ input: child.stdout }).on('line', (line) => onSaid(JSON.parse(line) as Said));
  return new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
}

const said = new Map(parsers.map(({ name }) => [name, Promise.withResolvers<Said>()]));
let ended: Promise<unknown>;
beforeAll(() => {
  const names = parsers.map(({ name }) => name);
  ended = fuzzing(runs, names, (one) => said.get(one.name)?.resolve(one)).then((code) => {
    for (const { reject } of said.values()) reject(new Error(`the process ended with ${code}`));
  });
  for (const { promise } of said.values()) promise.catch(() => {});
  return () => ended;
});

it.each(parsers.map(({ name }) => [name] as const))(
  `${runs} inputs, led by what they reach, break nothing (S26): %s, seed ${seed}`,
  async (name) => {
    const one = await said.get(name)?.promise;
    expect(one?.error).toBeUndefined();
    const { found = 0, reached = 0, longest = 0 } = one ?? {};
    console.log(
      `S26: ${name}: ${runs} runs, 0 crashes, ${found} led on, ${reached} places reached, longest ${longest.toFixed(1)} ms of CPU`,
    );
    expect(reached).toBeGreaterThan(20);
    expect(longest).toBeLessThan(1_000);
  },
);

it(`what lies behind two conditions is found, for what reaches the second is kept (S26), seed ${seed}`, async () => {
  const found: Said[] = [];
  // Some twenty thousand are enough, more where what met the first is long; blind bytes need millions.
  await fuzzing(1_000_000, ['planted'], (one) => found.push(one));
  expect(found).toEqual([{ name: 'planted', error: expect.stringMatching(/^planted of 427f/) }]);
});
