import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition, EventFilter } from '../api/shapes.ts';
import { readFilters, textsOf } from './filters.ts';

fc.configureGlobal({ seed: Number(process.env['SELFSAME_SEED']) });

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

/** Through an address and back. */
function throughAddress(filters: readonly EventFilter[]): readonly EventFilter[] {
  const { events, conditions } = textsOf(filters);
  const query = new URLSearchParams([...events.map((one) => ['step', one]), ...conditions.map((one) => ['if', one])]);
  const read = new URLSearchParams(query.toString());
  return readFilters(read.getAll('step'), read.getAll('if'));
}

describe('a question in the address', () => {
  it('reads back what was written, whatever the names hold', () => {
    fc.assert(
      fc.property(fc.array(filter, { maxLength: 5 }), (filters) => {
        expect(throughAddress(filters)).toEqual(filters);
      }),
    );
  });

  it.each([
    ['no index', 'x:plan:eq:1'],
    ['an index of no event', '7:plan:eq:1'],
    ['an unknown comparison', '0:plan:like:1'],
    ['a broken escape', '0:%E0%A4%A:plan:set'],
    ['too few parts', '0'],
    ['too many parts', '0:plan:eq:1:2'],
  ])('leaves out a condition that is not of our form: %s', (_, text) => {
    expect(readFilters(['A'], [text])).toEqual([{ event: 'A' }]);
  });
});
