import { rulesInForce } from '../src/conformance/traffic.ts';
import { describeStore } from '../src/conformance.ts';
import { createMemoryStore } from '../src/memory.ts';

describeStore('memory', () => {
  const { rules, choose } = rulesInForce();
  return { durable: false, choose, open: async () => createMemoryStore(rules) };
});
