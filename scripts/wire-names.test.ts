import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { presets } from '@selfsame/identity';
import { expect, it } from 'vitest';
import { wires } from '../packages/protocols/src/wires.ts';
import { root } from './run.ts';

it('the README has a line for each, with its address, its guide and its own page', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  for (const { name, label } of wires) {
    const line = readme.split('\n').find((one) => one.includes(`packages/protocols/src/${name}/README.md`));
    expect([name, line]).toEqual([name, expect.stringContaining(name === 'native' ? 'our own' : label)]);
    if (name !== 'native') expect(line).toContain(`\`/${name}`);
  }
});

it('every preset goes with a wire, and none with two', () => {
  expect(wires.flatMap(({ presets: own = [] }) => own.map(({ name }) => name)).sort()).toEqual(
    Object.keys(presets).sort(),
  );
});
