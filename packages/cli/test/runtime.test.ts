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
