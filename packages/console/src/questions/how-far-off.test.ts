import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ofTruth, trueShare, wrongRevenue } from './how-far-off.tsx';

it('a share is off by as much as was measured, and never more than all', () => {
  expect(trueShare(0.12).from).toBeCloseTo(0.1739);
  expect(trueShare(0.12).to).toBeCloseTo(0.2609);
  expect(trueShare(0.9)).toEqual({ from: 1, to: 1 });
  expect(trueShare(0)).toEqual({ from: 0, to: 0 });
});

it('docs/quality.md holds the measured figures', () => {
  const page = readFileSync(new URL('../../../../docs/quality.md', import.meta.url), 'utf8');
  expect(page).toContain(`between ${ofTruth.least.toFixed(2)}`);
  expect(page).toContain(`and ${ofTruth.most.toFixed(2)}`);
  expect(page).toContain(`between ${wrongRevenue.least.toFixed(2)} (`);
  expect(page).toContain(`and ${wrongRevenue.most.toFixed(2)} (`);
});
