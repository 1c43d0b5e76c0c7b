import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRecentEnough } from '../bin/runtime.js';

describe('the runtime floor', () => {
  it.each([
    ['18.20.0', false],
    ['20.20.2', false],
    ['22.22.1', false],
    ['22.22.2', true],
    ['22.23.0', true],
    ['23.11.0', false],
    ['24.14.0', false],
    ['24.14.1', true],
    ['24.21.0', true],
    ['26.0.0', true],
  ])('Node %s: %s', (version, fits) => {
    expect(isRecentEnough(version)).toBe(fits);
  });
});

describe('compiled code', () => {
  const program = join(import.meta.dirname, '../bin/selfsame.js');
  const usual = join(import.meta.dirname, '../node_modules/.cache/compiled');
  const { NODE_COMPILE_CACHE: _, ...others } = process.env;
  const run = (env: NodeJS.ProcessEnv) =>
    spawnSync(process.execPath, [program, '--version'], { env, encoding: 'utf8' }).stdout.trim();

  it('is kept beside the program, or where the environment says', () => {
    rmSync(usual, { recursive: true, force: true });
    expect(run(others)).toMatch(/^\d/);
    const kept = readdirSync(usual, { recursive: true });
    expect(kept.length).toBeGreaterThan(50);
    // Nothing but what is compiled for the first time is written.
    run(others);
    expect(readdirSync(usual, { recursive: true })).toEqual(kept);

    const elsewhere = join(usual, 'elsewhere');
    run({ ...others, NODE_COMPILE_CACHE: elsewhere });
    expect(readdirSync(elsewhere, { recursive: true }).length).toBeGreaterThan(50);
    rmSync(elsewhere, { recursive: true });
  });

  it('a start that can keep none runs all the same', () => {
    expect(run({ ...others, NODE_COMPILE_CACHE: '/dev/null/nowhere' })).toMatch(/^\d/);
  });
});
