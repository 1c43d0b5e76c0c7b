import type { OutputView } from '@selfsame/server';
import { expect, it } from 'vitest';
import { inWords } from '../src/commands/outputs.ts';

const hook: OutputView = {
  ...{ id: 'hook', type: 'webhook', url: 'https://receiver.test/', state: 'running', reason: null },
  ...{ lag: { positions: 120, seconds: 3 }, sent: 7, dead: 0, held: 60, replaying: 0, heldBytes: 0 },
  ...{ connections: [], kept: [], perSecond: 20 },
};

it('outputs: an output says that its limit is what holds it back, while it is', () => {
  expect(inWords(hook)).toContain('\n    120 positions and 3 s behind; 7 sent');
  expect(inWords({ ...hook, limited: true })).toContain(
    '\n    120 positions and 3 s behind, limited to 20 a second; 7 sent',
  );
});
