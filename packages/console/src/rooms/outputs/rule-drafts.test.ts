import { expect, it } from 'vitest';
import type { Rule } from '../../api/shapes.ts';
import { inWords } from './problems.ts';
import { draftOf, newRule, ruleOf } from './rule-drafts.ts';

it('a rule that is shown and saved is the rule it was, whatever it does', () => {
  const when = { event: 'Bought', wire: 'native', properties: { paid: true, free: false, n: 5, text: '5' } };
  const rules: readonly Rule[] = [
    { do: 'keep' },
    { do: 'drop', when },
    { do: 'rename', to: 'Ordered', when: { event: 'Bought' } },
    ...['5', 5, true, false, null].map((value): Rule => ({ do: 'set', property: 'p', value })),
    { do: 'remove', property: 'p', when: { wire: 'spid' } },
    { do: 'sample', percent: 12.5 },
  ];
  expect(rules.map(draftOf).map(ruleOf)).toEqual(rules);
  expect(ruleOf(newRule())).toEqual({ do: 'drop' });
});

it('what is wrong is named as the form calls it', () => {
  expect(inWords('rules.1.to: is empty; rules.0.when.properties.a: is not what belongs here.')).toBe(
    'Rule 2, New name: is empty; Rule 1, Condition: is not what belongs here.',
  );
  expect(inWords('url: is no address.', [{ name: 'url', label: 'Address' }])).toBe('Address: is no address.');
  expect(inWords('Nothing would be sent there: the address is private.')).toBe(
    'Nothing would be sent there: the address is private.',
  );
});
