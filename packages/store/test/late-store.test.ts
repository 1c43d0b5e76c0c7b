import { describe, expect, it } from 'vitest';
import type { Place } from '../src/conformance/law.ts';
import { laws } from '../src/conformance/laws.ts';
import { dice, rulesInForce } from '../src/conformance/traffic.ts';
import { describeStore } from '../src/conformance.ts';
import { createLateStore, type LateFault, SharedTruth } from './late-store.ts';

const seed = Number(process.env['SELFSAME_SEED']);

function shared(fault?: LateFault): Place {
  const { rules, choose } = rulesInForce();
  const truth = new SharedTruth(rules, dice(seed));
  return { durable: false, shared: true, choose, open: async () => createLateStore(truth, fault) };
}

describeStore('late', shared);

describe('late: a writer broken on purpose', () => {
  it.each<[law: string, LateFault]>([
    ['C2', 'looks at no node again'],
    ['C2', 'looks at no node again that was not there'],
    ['C2', 'looks before it has the lane'],
    ['C35', 'does not look which policy is in force'],
    ['C34', 'lets a stale change take the others along'],
    ['C16', 'does not look which fold it has read'],
    ['C23', 'takes what was missed for absent'],
    ['C20', 'looks at no repeat key again'],
    ['C21', 'does not look whether the log went on'],
    ['C22', 'calls every change stale after another'],
    ['C22', 'leaves nodes at the places they were decided at'],
    ['C28', 'shows what passed through it alone'],
    ['C30', 'shows what passed through it alone'],
    ['C28', 'shows entries at the places they were decided at'],
    ['C22', 'leaves entries at the places they were decided at'],
  ])('%s notices one that %s', async (id, fault) => {
    const law = laws.find((one) => one.id === id);
    // Who comes before whom hangs on the clock too: where nobody came in between, nothing could go wrong.
    let noticed = false;
    for (let own = seed; own < seed + 20 && !noticed; own++)
      await law?.check(shared(fault), own).catch(() => (noticed = true));
    expect(noticed).toBe(true);
  });
});
