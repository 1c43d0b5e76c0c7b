import { describe, expect, it } from 'vitest';
import { spidCallbacks } from '../../protocols/src/spid/callbacks/index.ts';
import { mixpanel, mparticleWebhook, type Output, segment, webhook } from '../src/index.ts';
import { brokenOutputs } from './conformance/broken.ts';
import { type Law, laws } from './conformance/laws.ts';
import { seed } from './histories.ts';

const origin = 'https://receiver.test';
const url = `${origin}/hook`;
const project = { url: origin, token: 'TOKEN' } as const;
const secret = new Uint8Array(24);

const outputs: ReadonlyMap<string, () => Output> = new Map([
  ['webhook', () => webhook({ project: 'shop', url, secrets: () => [secret] })],
  ['webhook that expands', () => webhook({ project: 'shop', url, secrets: () => [secret], expand: true })],
  ['Mixpanel, /track', () => mixpanel({ ...project, identity: 'anchors' })],
  ['Mixpanel, /import', () => mixpanel({ ...project, identity: 'anchors', authorization: 'Basic YTo=' })],
  ['Mixpanel, our person', () => mixpanel({ ...project, identity: 'person', settleMs: 60_000 })],
  ['Mixpanel, as SPiD', () => mixpanel({ ...project, identity: 'spid' })],
  ['mParticle’s webhook form', () => mparticleWebhook({ url, includeDeviceId: true })],
  ['the same, gathered', () => mparticleWebhook({ url, includeDeviceId: true, batchMs: 600_000 })],
  ['the Segment form', () => segment({ url: origin, authorization: 'Basic a2V5Og==' })],
  ['SPiD’s callbacks', () => spidCallbacks({ url, sign: (payload) => JSON.stringify(payload) })],
]);

describe.each([...outputs])('%s: laws', (_name, make) => {
  it.each(laws)('[$id] $says', (law) => law.check({ origin, order: make().order, make }, seed));
});

describe('outputs broken on purpose', () => {
  it.each(brokenOutputs)('$caughtBy notices one that $fault', async ({ caughtBy, concerns, breakIt }) => {
    const law = laws.find(({ id }) => id === caughtBy) as Law;
    const concerned = [...outputs].filter(([, make]) => concerns?.(make()) ?? true);
    expect(concerned.length).toBeGreaterThan(0);
    for (const [name, make] of concerned) {
      const { order } = make();
      await expect(law.check({ origin, order, make: () => breakIt(make()) }, 7), name).rejects.toThrow();
    }
  });
});
