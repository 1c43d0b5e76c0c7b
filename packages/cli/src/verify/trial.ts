import { type IdentifierKey, namedBy, type Policy, type Statement } from '@selfsame/identity';
import { createIngest, createMemoryStore, type Item, repeatKey, type Store } from '@selfsame/store';
import type { Chance } from '../simulate/chance.ts';
import { derive, digestOfGraph, LAST } from './digest.ts';
import { shuffled } from './shuffle.ts';

/** What a wire may do to items on their way: their order, some told again, and how they are handed over. */
export interface Trial {
  readonly told: readonly Statement[];
  /** Items handed over together, one number a request. */
  readonly pieces: readonly number[];
}

/** One in so many items is told again. */
const AGAIN = 5;
/** A request holds at most so many. */
const TOGETHER = 100;

/** A trial by chance. `keepsOrder`: what goes by arrival is told as it stands; only what is told again moves. */
export function trialOf(statements: readonly Statement[], chance: Chance, keepsOrder: boolean): Trial {
  const again = statements.filter((one) => repeatKey(one) !== undefined && chance.whole(1, AGAIN) === 1);
  const told = keepsOrder ? withLater(statements, new Set(again), chance) : shuffled([...statements, ...again], chance);
  const pieces: number[] = [];
  for (let left = told.length; left > 0; left -= pieces.at(-1) as number)
    pieces.push(Math.min(left, chance.whole(1, chance.yes(0.5) ? 3 : TOGETHER)));
  return { told, pieces };
}

/** Each item, and somewhere after it the ones that are told again. */
function withLater(
  statements: readonly Statement[],
  again: ReadonlySet<Statement>,
  chance: Chance,
): readonly Statement[] {
  const out = [...statements];
  for (const one of again) out.splice(chance.whole(out.indexOf(one) + 1, out.length), 0, one);
  return out;
}

/** Hands a trial to a store as the server would, several requests at once, and answers who is who then. */
export async function digestOfTrial({ told, pieces }: Trial, policy: Policy): Promise<string> {
  const rules = () => ({ policy, derive });
  const store = createMemoryStore(rules);
  await hand(store, told, pieces, policy);
  return digestOfStore(store, policy);
}

/** Hands items to a store through the ingest loop. Waits for all of them. */
export async function hand(
  store: Store,
  told: readonly Statement[],
  pieces: readonly number[],
  policy: Policy,
): Promise<void> {
  const ingest = createIngest({
    store,
    clock: () => LAST,
    rules: () => ({ policy, derive }),
    maxQueued: Number.POSITIVE_INFINITY,
  });
  const waiting: Promise<unknown>[] = [];
  let at = 0;
  for (const size of pieces) {
    const items = told.slice(at, at + size).map((statement): Item => ({ type: 'statement', statement }));
    at += size;
    waiting.push(ingest.submit('verify', items));
  }
  await Promise.all(waiting);
  await ingest.stop();
}

/** The hash of who is who in a store, of everybody its log names. */
export async function digestOfStore(store: Store, policy: Policy): Promise<string> {
  const keys = new Set<IdentifierKey>();
  for await (const decided of store.read(PROJECT)) for (const key of namedBy(policy, decided)) keys.add(key);
  return store.ask(PROJECT, (graph) => {
    const nodes = [...keys].flatMap((key) => graph.node(key) ?? []);
    return digestOfGraph(graph, policy, nodes);
  });
}

const PROJECT = 'verify';
