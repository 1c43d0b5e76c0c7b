import { type SimulatedHistory, scorePairs, simulate, statementsOf } from '@selfsame/cli/simulate';
import { entryOf, fold, keyOf, ownerAt, type Policy, presets } from '@selfsame/identity';
import type { Figure } from './figure.ts';
import { rules } from './rules.ts';

const people = 3_000;
const seed = 7;

/**
 * How well each way to read a shared device finds the humans behind a month of a simulated shop, over pairs of events:
 * precision (what we join is one human) and recall (what is one human is joined). The floor is a shop that takes every
 * device id for a person. No policy reaches 1: a visitor who never logs in leaves nothing to join two devices by.
 */
export async function measureStitching(): Promise<readonly Figure[]> {
  const history = simulate({ people, seed, end: Date.UTC(2026, 0, 31) });
  const devices = scorePairs(history.events.map((event) => ({ human: event.human, person: event.device })));
  return (['first-login', 'last-login', 'by-interval'] as const).flatMap((sharedDevice): readonly Figure[] => {
    const score = scorePairs(attributed(history, { ...(presets['selfsame'] as Policy), sharedDevice }));
    return (['precision', 'recall'] as const).map((name) => ({
      name: `stitching, ${sharedDevice}: ${name} over pairs of events`,
      value: score[name],
      unit: 'share',
      floor: devices[name],
    }));
  });
}

/** Each event of a history with its human and with the person the rules give it to. */
function attributed(history: SimulatedHistory, policy: Policy) {
  const arrival = history.events.at(-1)?.time ?? 0;
  const statements = history.events.flatMap((event) => statementsOf(event, 'bench'));
  const entries = statements.map((statement, i) => entryOf(statement, policy, { position: i + 1, at: arrival + i }));
  const { graph } = fold(entries, { ...rules('bench'), policy });
  return history.events.map((event) => {
    const anchor = event.user === null ? { kind: 'device', value: event.device } : { kind: 'user', value: event.user };
    return { human: event.human, person: ownerAt(graph, policy, keyOf(anchor), event.time)?.key };
  });
}
