import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { wireNames } from '../packages/protocols/src/wire-names.ts';
import { wires } from '../packages/protocols/src/wires.ts';
import { root } from './run.ts';

it('the list of wires names those the server speaks, and no other', () => {
  expect(Object.fromEntries(wires.map(({ name, label }) => [name, label]))).toEqual(wireNames);
});

it('the README has a line for each, with its address, its guide and its own page', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  for (const [wire, name] of Object.entries(wireNames)) {
    const line = readme.split('\n').find((one) => one.includes(`packages/protocols/src/${wire}/README.md`));
    expect([wire, line]).toEqual([wire, expect.stringContaining(wire === 'native' ? 'our own' : name)]);
    if (wire !== 'native') expect(line).toContain(`\`/${wire}`);
  }
});
