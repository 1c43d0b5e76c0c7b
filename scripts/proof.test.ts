import { expect, test } from 'vitest';
import { type Proof, promisesOf, withProof } from './proof.ts';

test('promises are found in parentheses and at the beginning, and rules in brackets are not', () => {
  expect(promisesOf('bodies > size before memory (S18) > none (G12, G14)')).toEqual(['S18', 'G12', 'G14']);
  expect(promisesOf('outputs > S27: an address that was closed')).toEqual(['S27']);
  expect(promisesOf('[G3] consent (see G) and (G12 or so)')).toEqual([]);
});

test('the table is made anew in its place, with failures and figures', () => {
  const proof = (name: string, passed: boolean, ...figures: string[]): Proof => ({
    file: 'a/b.test.ts',
    name,
    passed,
    figures,
  });
  const proofs = [proof('one (G12)', true, '5 | lost'), proof('two (G2, G12)', false)];
  const first = withProof('# Page\n\n**G2** a. **S9** b.\n', proofs, '2026-01-01');
  expect(first).toContain('No test names S9:');
  expect(first).toContain('| G2 | 1, 1 failed | [b.test.ts](../a/b.test.ts) |  |');
  expect(first).toContain('| G12 | 2, 1 failed | [b.test.ts](../a/b.test.ts) | 5 \\| lost |');
  expect(first.indexOf('| G2 |')).toBeLessThan(first.indexOf('| G12 |'));
  const second = withProof(`${first}\nMore.\n`, [proof('one (S3)', true)], '2026-01-02');
  expect(second).not.toContain('G12');
  expect(second).toContain('| S3 | 1 |');
  expect(second).toMatch(/^# Page\n[\s\S]*\nMore\.\n$/);
});
