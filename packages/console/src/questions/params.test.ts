import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition, EventFilter } from '../api/shapes.ts';
import { readFilters, writeFilters } from './params.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ property: text, op: fc.constantFrom('set' as const, 'not-set' as const) }),
  fc.record({
    property: text,
    op: fc.constantFrom('eq' as const, 'ne' as const, 'contains' as const, 'gt' as const),
    value: fc.oneof(
      text,
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0 || 0),
      fc.boolean(),
    ),
  }),
);
const filter: fc.Arbitrary<EventFilter> = fc.oneof(
  fc.record({ event: text }),
  fc.record({ event: text, where: fc.array(condition, { minLength: 1, maxLength: 3 }) }),
);

describe('a question in the address', () => {
  it('reads back what was written, whatever the names hold', () => {
    fc.assert(
      fc.property(fc.array(filter, { maxLength: 5 }), (filters) => {
        const address = writeFilters(new URLSearchParams('range=7d'), 'step', filters).toString();
        expect(readFilters(new URLSearchParams(address), 'step')).toEqual(filters);
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['no index', 'step=A&step.if=x:plan:eq:1'],
    ['an unknown comparison', 'step=A&step.if=0:plan:like:1'],
    ['a broken escape', 'step=A&step.if=%25E0%25A4%25A:plan:set'],
    ['too few parts', 'step=A&step.if=0'],
  ])('leaves out a condition that is not of our form: %s', (_, address) => {
    for (const filter of readFilters(new URLSearchParams(address), 'step')) expect(filter.where).toBeUndefined();
  });

  it('leaves the rest of the address alone', () => {
    const next = writeFilters(new URLSearchParams('range=7d&step=Old&step.if=0:a:set'), 'step', [{ event: 'New' }]);
    expect(next.toString()).toBe('range=7d&step=New');
  });
});
