import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, identifierOf, ownershipOf, type Policy, peopleIn, presets, spansOf, step } from '../src/index.ts';
import { derive, directoryHistory, entriesOf } from './history.ts';
import { digest, runs, thawed } from './laws.ts';

describe('laws of the directory', () => {
  const strategies = ['default', 'conversion', 'link', 'isolation', 'best-match'].map(
    (name) => presets[`mparticle-${name}`] as Policy,
  );

  it.each(strategies.map((policy) => [policy.preset, policy] as const))(
    '%s: stopping and going on gives the fold of the whole; one owner at any moment (G7, G9)',
    (_name, policy) => {
      fc.assert(
        fc.property(directoryHistory(40), fc.nat(), (items, cut) => {
          const entries = entriesOf(items);
          const whole = fold(entries, { policy, derive }).graph;
          const at = cut % (entries.length + 1);
          const resumed = thawed(fold(entries.slice(0, at), { policy, derive }).graph);
          for (const entry of entries.slice(at)) step(resumed, { policy, derive }, entry);
          expect(digest(resumed, policy)).toBe(digest(whole, policy));
          for (const node of whole.nodes.values()) {
            const stretches = ownershipOf(whole, policy, node);
            expect(stretches[0]?.from).toBe(Number.NEGATIVE_INFINITY);
            expect(stretches.at(-1)?.to).toBe(Number.POSITIVE_INFINITY);
            for (const [i, stretch] of stretches.slice(1).entries()) expect(stretch.from).toBe(stretches[i]?.to);
          }
        }),
        runs(400),
      );
    },
  );

  it.each(strategies.map((policy) => [policy.preset, policy] as const))(
    '[R1] [R5] %s: records and holders agree, unique values stand in one record, single kinds once',
    (_name, policy) => {
      const { directory } = policy;
      fc.assert(
        fc.property(directoryHistory(40), (items) => {
          const { graph } = fold(entriesOf(items, policy), { policy, derive });
          for (const node of graph.nodes.values()) {
            for (const { profile } of node.holders ?? [])
              expect(graph.node(profile)?.record?.map((entry) => entry.key)).toContain(node.key);
            if (directory.uniqueIds.includes(node.id.kind)) expect(node.holders?.length ?? 0).toBeLessThanOrEqual(1);
            const kinds = (node.record ?? []).map((entry) => identifierOf(entry.key).kind);
            if (directory.strategy !== 'best_match')
              for (const kind of ['user', 'email'])
                expect(kinds.filter((one) => one === kind).length).toBeLessThanOrEqual(1);
            for (const { key } of node.record ?? [])
              expect(graph.node(key)?.holders.map(({ profile }) => profile)).toContain(node.key);
          }
        }),
        runs(400),
      );
    },
  );

  it('[S11] no directory call by a public key makes two profiles one person', () => {
    fc.assert(
      fc.property(directoryHistory(40, [0]), (items) => {
        const policy = presets['mparticle-default'] as Policy;
        const { graph } = fold(entriesOf(items, policy), { policy, derive });
        for (const person of peopleIn(graph, policy, graph.nodes.values())) {
          const profiles = new Set(
            spansOf(person.holdings)
              .filter((span) => span.only === undefined && span.node.id.kind === 'mpid')
              .map((span) => span.node.key),
          );
          expect(profiles.size).toBeLessThanOrEqual(1);
        }
      }),
      runs(400),
    );
  });
});
