import { anchorWithout, type Entry, type Graph, keyOf, ownerAt, type Policy, type Verdict } from '@selfsame/identity';
import type { SimulatedQuality } from '../../api.ts';
import { compare, type Given, isLogin, nameOf, truthOf, Unnamed } from '../../quality/index.ts';
import type { Task } from './words.ts';

interface Noted {
  readonly entry: Entry;
  readonly anchor: ReturnType<typeof anchorWithout>['anchor'];
  readonly human: string;
}

/** What a log holds of which somebody knows the human. */
export class KnownTruth {
  readonly #humans: ReadonlyMap<string, string>;
  readonly #noted = new Map<number, Noted>();
  readonly #unnamed = new Unnamed();

  constructor(truth: NonNullable<Task['truth']>) {
    this.#humans = new Map(truth.map(({ insertId, human }) => [insertId, human]));
  }

  /** Takes down one entry, in the order of the log; of several copies the one that stands ([D2], [D3]). */
  take(policy: Policy, entry: Entry, verdict: Verdict): void {
    // Who was ever named with a device is said by all of the log.
    this.#unnamed.take(entry);
    const human = entry.insertId === undefined ? undefined : this.#humans.get(entry.insertId);
    if (human === undefined || entry.outrankedBy !== undefined) return;
    if (verdict.status !== 'applied' && verdict.rule !== 'D2') return;
    const replaced = entry.repeats ?? entry.outranks;
    if (replaced !== undefined) this.#noted.delete(replaced);
    this.#noted.set(entry.position, { entry, anchor: anchorWithout(policy, entry, verdict).anchor, human });
  }

  /** Makes what compares a graph with it. @throws Error when no event of the truth is in the log. */
  judge(): (graph: Graph, policy: Policy) => SimulatedQuality {
    const noted = [...this.#noted.values()];
    const truth = truthOf(
      noted.map(({ entry }) => ({ statement: entry, at: entry.at })),
      noted.map(({ human }) => human),
      undefined,
      this.#unnamed,
    );
    const events = truth.seen.filter((one) => one !== undefined).length;
    if (events === 0) throw new Error('no event of the truth is in the log, so nothing can be compared');
    return (graph, policy) => {
      const quality = compare(
        truth,
        noted.map((one) => givenTo(graph, policy, one)),
      );
      const { precision, strictPrecision, recall, f, wrongAnonymous } = quality;
      return { events, precision, strictPrecision, recall, f, wrongAnonymous };
    };
  }
}

function givenTo(graph: Graph, policy: Policy, { entry, anchor }: Noted): Given | undefined {
  if (entry.command.type !== 'Track') return undefined;
  const owner = anchor === undefined ? undefined : ownerAt(graph, policy, keyOf(anchor), entry.time);
  if (owner === undefined) return { person: undefined, login: undefined };
  return { person: owner.key, login: isLogin(policy, owner.id) ? nameOf(owner.id) : undefined };
}
