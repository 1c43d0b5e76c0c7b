import { execFileSync } from 'node:child_process';

/**
 * The seed of all random tests: `SELFSAME_SEED`, or what the present commit's name gives. So a commit is tried alike
 * wherever it is tried, and each one tries something new.
 */
export function seedOfTests(): string {
  const said = process.env['SELFSAME_SEED'];
  if (said !== undefined) return said;
  try {
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return String(Number.parseInt(commit.slice(0, 7), 16));
  } catch {
    // Not a checkout.
    return '1';
  }
}
