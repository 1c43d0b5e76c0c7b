import { describe, expect, it } from 'vitest';
import { id, ids, run, type Step, say, selfsame, set, track, tryRows } from './told.ts';

describe('SPEC.md, row by row: Reading an item', () => {
  tryRows([
    {
      rule: '[V2] an e-mail has one form',
      when: [track(' Ann@Example.COM'), track('ann@example.com')],
      people: ['ann@example.com'],
    },
    {
      rule: '[V3] two devices do not meet on a placeholder',
      when: [track('null d1'), track('NULL d2')],
      people: ['d1', 'd2'],
    },
    {
      rule: '[V3] padded placeholders are nobody',
      when: [track(''), { ...track(''), ids: [{ kind: 'user', value: '  Undefined ' }] } as Step],
      people: [],
      last: 'applied',
      lastRule: 'A3',
    },
    {
      rule: '[V1] an over-long value is refused whole',
      when: [track(`d1 ${'x'.repeat(513)}`)],
      people: [],
      last: 'rejected',
      lastRule: 'V1',
    },
    { rule: '[V1] 512 bytes are fine', when: [track(`d1 ${'x'.repeat(512)}`)], last: 'applied' },
    { rule: '[V1] bytes count, not characters', when: [track('é'.repeat(257))], last: 'rejected' },
    { rule: '[V1] a lone surrogate is refused', when: [track('a\ud800')], last: 'rejected' },
    { rule: '[A3] traits need somebody', when: [say('', set('plan', 'pro'))], last: 'rejected', lastRule: 'A3' },
    {
      rule: '[A2] an event that names a login belongs to it, whatever the device',
      when: [track('d1 ann'), track('d1 bob'), track('d1 ann')],
      owners: 'ann bob ann',
    },

    {
      rule: '[V4] a group joins nobody',
      when: [
        { ...track(''), ids: [...ids('d1 ann'), { kind: 'group.company', value: 'acme' }] } as Step,
        { ...track(''), ids: [...ids('bob'), { kind: 'group.company', value: 'acme' }] } as Step,
      ],
      people: ['ann d1', 'bob'],
    },
  ]);
});

describe('anchors', () => {
  it('[A1] an item hangs on its strongest identifier, in whatever order they are named', () => {
    const anchors = ['s1 d1 a@b ann', 'a@b d1', 'd1 s1', 's1'].map(
      (names) => run([track(names)], selfsame).verdicts[0],
    );
    expect(anchors.map((verdict) => verdict?.anchor)).toEqual(['ann', 'a@b', 'd1', 's1'].map(id));
  });
});
