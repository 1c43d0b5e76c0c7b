import { expect, it } from 'vitest';
import { type Claim, entryOf, MemoryGraph, type Policy, presets, step } from '../src/index.ts';
import { derive } from './history.ts';

const policy = presets['selfsame'] as Policy;
const crowd = { kind: 'device', value: 'crowd' };

/** Somebody else logs in on the device. */
function login(graph: MemoryGraph, n: number): void {
  const ids = [{ kind: 'user', value: `${n}` }, crowd];
  const statement = { project: 'p', wire: 'native', trust: 0, command: { type: 'Identify', ids } } as const;
  step(graph, { policy, derive }, entryOf(statement, policy, { position: n + 1, at: 1.7e12 + n * 1_000 }));
}

it('[K4] a login more on a device that very many had goes through its claims once', () => {
  const graph = new MemoryGraph();
  let told = 0;
  while (told < 3 * policy.caps.changes) login(graph, told++);
  const claims = [...graph.nodes.values()].find(({ id }) => id.kind === 'device')?.claims as Claim[];
  // The list stays itself: what is known of it is known by it.
  let reads = 0;
  for (const [i, claim] of claims.entries())
    claims[i] = {
      ...claim,
      get owner() {
        reads += 1;
        return claim.owner;
      },
    };
  login(graph, told);
  const each = reads / claims.length;
  console.log(`of ${claims.length} claims each is asked for its owner ${each.toFixed(2)} times`);
  expect(each).toBeGreaterThan(0);
  expect(each).toBeLessThan(2.5);
});
