import { testRules } from '../src/conformance/traffic.ts';
import { describeStore } from '../src/conformance.ts';
import { createMemoryStore } from '../src/memory.ts';

describeStore('memory', () => ({ durable: false, open: async () => createMemoryStore(testRules) }));
